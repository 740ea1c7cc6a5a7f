/** Answers that something on the way compresses although that was not requested, and other unexpected answers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { failureOf, replyOf } from './calls.ts';
import { serve } from './server.ts';

const CODINGS = {
  gzip: gzipSync,
  'X-GZIP': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
  identity: (text: string) => text,
  '': (text: string) => text,
};

/** Answers with this body in this encoding, whatever the request is. */
const answering = (encoding: string, body: string | Uint8Array, status = 200) =>
  serve((_, outgoing) => outgoing.writeHead(status, { 'content-encoding': encoding }).end(body));

describe('a compressed answer that was not requested', () => {
  for (const [encoding, compress] of Object.entries(CODINGS)) {
    test(`is read: "${encoding}"`, async () => {
      await using server = await answering(encoding, compress('{"a":"ü€😀"}'));
      assert.equal((await replyOf(server.url)).text, '{"a":"ü€😀"}');
      assert.equal(server.requests[0]?.headers['accept-encoding'], 'identity');
    });
  }

  test('is also read in pieces, with any status', async () => {
    const pieces: string[] = [];
    const take = (piece: string) => void pieces.push(piece);
    await using good = await answering('gzip', gzipSync('ü'.repeat(100_000)));
    assert.equal((await replyOf(good.url, { take, maxBytes: 1_000_000 })).text, '');
    assert.equal(pieces.join(''), 'ü'.repeat(100_000));
    await using bad = await answering('br', brotliCompressSync('{"code":42901}'), 429);
    const { status, text } = await replyOf(bad.url, { take });
    assert.deepEqual([status, text], [429, '{"code":42901}']);
  });

  test('without a body is accepted', async () => {
    await using server = await answering('gzip', '', 204);
    assert.equal((await replyOf(server.url)).text, '');
  });

  test('that cannot be decompressed is a failure with a reason', async () => {
    const whole = gzipSync('x'.repeat(1000));
    const wrong = {
      gzip: 'plain text',
      deflate: 'plain text',
      br: 'plain text',
      zstd: 'plain text',
      lzma: 'x',
      // Names that every object has.
      ['__proto__']: 'x',
      constructor: 'x',
    };
    for (const [encoding, body] of [...Object.entries(wrong), ['gzip', whole.subarray(0, 15)] as const]) {
      await using server = await answering(encoding, body);
      const { kind, reason, message } = await failureOf(server.url);
      assert.deepEqual([kind, reason], ['protocol', 'answer-encoded'], encoding);
      assert.ok(message.startsWith(server.host), message);
    }
  });

  test('that is incomplete is reported as a closed connection', async () => {
    await using server = await serve((incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '1000' });
      outgoing.write(gzipSync('half').subarray(0, 12), () => incoming.socket.destroy());
    });
    assert.equal((await failureOf(server.url)).reason, 'connection-closed');
  });
});

describe('where the status suffices', () => {
  const options = { method: 'POST', statusSuffices: true, timeout: 200, maxBytes: 1000 } as const;

  test('a success status is returned, whatever happens to its body', async () => {
    const bodies: Record<string, Parameters<typeof serve>[0]> = {
      'too large': (_, outgoing) => outgoing.end('x'.repeat(1001)),
      'in an unknown encoding': (_, outgoing) =>
        outgoing.writeHead(200, { 'content-encoding': 'x' }).end('x'),
      'not compressed': (_, outgoing) => outgoing.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      'cut off': (incoming, outgoing) => outgoing.write('x', () => incoming.socket.destroy()),
      'without an end': (_, outgoing) => void outgoing.write('x'),
    };
    for (const [title, answer] of Object.entries(bodies)) {
      await using server = await serve(answer);
      const { status, text } = await replyOf(server.url, options);
      assert.deepEqual([status, text, server.requests.length], [200, '', 1], title);
      assert.notEqual((await failureOf(server.url, { ...options, statusSuffices: false })).reason, undefined);
    }
  });

  test('an error status needs its body, and a missing status is a failure', async () => {
    await using bad = await serve((incoming, outgoing) => {
      outgoing.writeHead(429).write('x', () => incoming.socket.destroy());
    });
    assert.equal((await failureOf(bad.url, options)).reason, 'connection-closed');
    await using silent = await serve(() => {});
    assert.equal((await failureOf(silent.url, options)).reason, 'timeout');
  });
});

/** Answers with these bytes. */
const raw = (head: string) => serve((incoming) => void incoming.socket.end(`HTTP/1.1 ${head}`));

describe('an answer that HTTP does not foresee', () => {
  test('a switch to another protocol is a failure, and the connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await serve((incoming) => {
      incoming.socket.once('close', () => closed.resolve());
      incoming.socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      );
    });
    for (const keep of [true, false]) {
      const { kind, reason } = await failureOf(server.url, { keep });
      assert.deepEqual([kind, reason], ['protocol', 'not-http']);
    }
    await closed.promise;
  });

  test('informational responses are skipped', async () => {
    await using server = await serve((incoming, outgoing) => {
      incoming.socket.write('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n');
      outgoing.end('ok');
    });
    assert.equal((await replyOf(server.url)).text, 'ok');
  });

  test('a status without a body, or an invalid one, causes no crash', async () => {
    await using reset = await raw('205 Reset Content\r\nContent-Length: 1\r\n\r\nx');
    const { status, text } = await replyOf(reset.url);
    assert.deepEqual([status, text], [205, '']);
    await using invalid = await raw('999 No\r\nContent-Length: 0\r\n\r\n');
    const { kind, reason } = await failureOf(invalid.url);
    assert.deepEqual([kind, reason], ['protocol', 'not-http']);
  });

  test('of HTTP/1.0, without a length, ends with its connection', async () => {
    await using server = await serve((incoming) => void incoming.socket.end('HTTP/1.0 200 OK\r\n\r\nold'));
    assert.equal((await replyOf(server.url, { keep: true })).text, 'old');
  });

  test('with too many headers is too large', async () => {
    await using server = await raw(`200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    assert.equal((await failureOf(server.url)).reason, 'answer-too-large');
  });

  test('with trailers is read to its end', async () => {
    await using server = await serve((_, outgoing) => {
      outgoing.writeHead(200, { trailer: 'x-sum' });
      outgoing.write('body');
      outgoing.addTrailers({ 'x-sum': '1' });
      outgoing.end();
    });
    assert.equal((await replyOf(server.url)).text, 'body');
  });
});
