import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { err, hostOf, parseJson } from '../../src/http/request.ts';
import { failureOf, replyOf } from './calls.ts';
import { serve } from './server.ts';

const text = (body: string | Uint8Array) => (_: IncomingMessage, outgoing: ServerResponse) =>
  void outgoing.end(body);

describe('an answer', () => {
  for (const status of [200, 204, 302, 401, 403, 404, 429, 500, 503]) {
    test(`of ${status} is returned unchanged, after one request`, async () => {
      await using server = await serve((_, outgoing) => outgoing.writeHead(status, { 'x-a': 'b' }).end());
      const { status: got, headers, text } = await replyOf(server.url);
      assert.deepEqual([got, headers.get('x-a'), text], [status, 'b', '']);
      assert.equal(server.requests.length, 1);
    });
  }

  test('is returned as text, also with invalid JSON', async () => {
    for (const body of ['{"oops', '1e3', 'null', 'Ok.', 'ü€😀']) {
      await using server = await serve(text(body));
      assert.equal((await replyOf(server.url)).text, body);
    }
  });

  test('whose characters are split between packets is decoded correctly', async () => {
    await using server = await serve((_, outgoing) => {
      const [first, second] = [Buffer.from('ü€😀').subarray(0, 7), Buffer.from('ü€😀').subarray(7)];
      outgoing.write(first, () => setImmediate(() => outgoing.end(second)));
    });
    assert.equal((await replyOf(server.url)).text, 'ü€😀');
  });

  test('that redirects is not followed, so that a POST is sent to no other server', async () => {
    await using elsewhere = await serve(text('secrets'));
    for (const status of [301, 302, 303, 307, 308]) {
      await using server = await serve((_, outgoing) =>
        outgoing.writeHead(status, { location: elsewhere.url }).end(),
      );
      const reply = await replyOf(server.url, { method: 'POST', body: 'secret' });
      assert.deepEqual([reply.status, reply.headers.get('location')], [status, elsewhere.url]);
    }
    assert.deepEqual(elsewhere.requests, []);
  });
});

describe('an answer that is too large', () => {
  test('has one byte more than the limit', async () => {
    await using server = await serve(text('a'.repeat(100)));
    assert.equal((await replyOf(server.url, { maxBytes: 100 })).text.length, 100);
    assert.deepEqual(await failureOf(server.url, { maxBytes: 99 }), {
      kind: 'protocol',
      message: `${server.host} sent more than 99 bytes`,
      reason: 'answer-too-large',
    });
  });

  test('is measured in bytes, not in characters', async () => {
    await using server = await serve(text('😀'.repeat(10)));
    assert.equal((await failureOf(server.url, { maxBytes: 39 })).kind, 'protocol');
  });

  test('has more than 64 KiB by default', async () => {
    await using server = await serve(text('a'.repeat(65_537)));
    assert.equal((await failureOf(server.url)).kind, 'protocol');
  });

  test('is one that decompresses to more, and is not decompressed completely', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    await using server = await serve((_, outgoing) =>
      outgoing.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    const { reason } = await failureOf(server.url, { maxBytes: 100_000 });
    assert.equal(reason, 'answer-too-large');
  });

  test('is aborted, also without an end', async () => {
    const cut = Promise.withResolvers<void>();
    await using server = await serve((_, outgoing) => {
      outgoing.on('close', () => cut.resolve());
      const more = () => void (outgoing.destroyed || outgoing.write(Buffer.alloc(16_384), more));
      more();
    });
    assert.equal((await failureOf(server.url)).kind, 'protocol');
    await cut.promise;
  });
});

describe('a request ends', () => {
  test('at its time limit when no answer begins', async () => {
    await using server = await serve(() => {});
    assert.deepEqual(await failureOf(server.url, { timeout: 50 }), {
      kind: 'unreachable',
      message: `${server.host} did not answer within 0.05 s`,
      reason: 'timeout',
    });
  });

  test('at its time limit when an answer begins but never ends, beside a signal too', async () => {
    await using server = await serve((_, outgoing) => void outgoing.write('half'));
    const { signal } = new AbortController();
    for (const options of [{ timeout: 50 }, { timeout: 50, signal }]) {
      assert.match((await failureOf(server.url, options)).message, /did not answer within 0.05 s/);
    }
  });

  test('when its signal aborts, and closes the connection', async () => {
    const [begun, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await using server = await serve((_, outgoing) => {
      outgoing.on('close', () => closed.resolve());
      outgoing.write('half', () => begun.resolve());
    });
    const controller = new AbortController();
    const failure = failureOf(server.url, { signal: controller.signal });
    await begun.promise;
    controller.abort();
    assert.equal((await failure).kind, 'unreachable');
    await closed.promise;
  });

  test('before it begins when its signal is aborted already', async () => {
    await using server = await serve(text('never'));
    assert.equal((await failureOf(server.url, { signal: AbortSignal.abort() })).kind, 'unreachable');
    assert.deepEqual(server.requests, []);
  });

  test('when the connection is cut before or within the answer', async () => {
    for (const begin of [false, true]) {
      await using server = await serve((incoming, outgoing) => {
        if (begin) outgoing.write('half', () => incoming.socket.destroy());
        else incoming.socket.destroy();
      });
      assert.deepEqual(await failureOf(server.url), {
        kind: 'unreachable',
        message: `${server.host} closed the connection`,
        reason: 'connection-closed',
      });
    }
  });
});

test('a request body is sent with a length, never in chunks', async () => {
  const bodies: string[] = [];
  await using server = await serve((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => outgoing.end(void bodies.push(body)));
  });
  await replyOf(server.url, { method: 'POST', body: '{"a":"€"}' });
  assert.deepEqual(bodies, ['{"a":"€"}']);
  for (const { headers } of server.requests) {
    assert.equal(headers['transfer-encoding'], undefined);
    assert.ok(Number(headers['content-length']) > 0);
  }
});

test('JSON is parsed, and invalid JSON is undefined', () => {
  assert.deepEqual(parseJson('{"a":[1]}'), { a: [1] });
  for (const broken of ['', '{"a', 'undefined', 'NaN', "{'a':1}", '<html>']) {
    assert.equal(parseJson(broken), undefined);
  }
});

test('the host and port of a URL are extracted for messages', () => {
  assert.equal(hostOf('http://user:pass@example.org:8080/path?query'), 'example.org:8080');
  assert.equal(hostOf('https://[::1]:8080'), '[::1]:8080');
  assert.equal(hostOf('nonsense'), 'the server');
  assert.deepEqual(err('broken', 'why'), { ok: false, failure: { kind: 'broken', message: 'why' } });
  assert.deepEqual(err('unreachable', 'why', 'timeout'), {
    ok: false,
    failure: { kind: 'unreachable', message: 'why', reason: 'timeout' },
  });
});
