import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { getDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { request } from '../../src/http/request.ts';
import { serve } from './server.ts';

/** How many connections two consecutive calls take. */
async function connectionsOf(keep: boolean): Promise<number> {
  const sockets = new Set<Socket>();
  await using server = await serve((incoming, outgoing) => {
    sockets.add(incoming.socket);
    // The server's own header decides nothing: qBittorrent always answers "keep-alive".
    outgoing.writeHead(200, { connection: 'keep-alive' }).end('ok');
  });
  for (let n = 0; n < 2; n += 1) assert.ok((await request(server.url, { keep })).ok);
  return sockets.size;
}

describe('a connection', () => {
  test('that the server has closed is opened again', async () => {
    const sockets: Socket[] = [];
    await using server = await serve((incoming, outgoing) => {
      sockets.push(incoming.socket);
      outgoing.end('ok');
    });
    assert.ok((await request(server.url, { keep: true })).ok);
    const closed = new Promise((resolve) => sockets[0]?.once('close', resolve));
    sockets[0]?.end();
    await closed;
    assert.ok((await request(server.url, { keep: true })).ok);
    assert.equal(new Set(sockets).size, 2);
  });

  test('is tried for a second with each address of a name, IPv6 included', async (t) => {
    assert.ok(getDefaultAutoSelectFamilyAttemptTimeout() >= 1000);
    const server = createServer((_, outgoing) => outgoing.end('six')).listen(0, '::1');
    const failed = await Promise.race([once(server, 'listening').then(() => null), once(server, 'error')]);
    if (failed !== null) return t.skip('no IPv6 here');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const reply = await request(`http://[::1]:${address.port}/`);
    assert.ok(reply.ok && reply.value.text === 'six');
    server.close();
  });

  test('serves one request', async () => {
    assert.equal(await connectionsOf(false), 2);
  });

  test('serves the next one too, when it is kept', async () => {
    assert.equal(await connectionsOf(true), 1);
  });
});

/** Method and headers of a call. */
async function sentBy(options: Parameters<typeof request>[1]) {
  const sent: { method: string | undefined; headers: Record<string, unknown> }[] = [];
  await using server = await serve(({ method, headers }, outgoing) => {
    sent.push({ method, headers });
    outgoing.end();
  });
  assert.ok((await request(server.url, options)).ok);
  const [call] = sent;
  assert.ok(call !== undefined);
  return call;
}

describe('a request', () => {
  test('has a user agent, no compression, and a length: qBittorrent does not support chunks', async () => {
    for (const body of [undefined, '', 'ü']) {
      const { method, headers } = await sentBy({ method: 'POST', ...(body === undefined ? {} : { body }) });
      assert.equal(method, 'POST');
      assert.equal(headers['content-length'], String(Buffer.byteLength(body ?? '')));
      assert.equal(headers['transfer-encoding'], undefined);
      assert.equal(headers['user-agent'], 'qbit-ntfy-sidecar');
      assert.equal(headers['accept-encoding'], 'identity');
    }
  });

  test('has no body when none is given', async () => {
    for (const method of ['GET', 'DELETE'] as const) {
      const { headers } = await sentBy({ method });
      assert.deepEqual([headers['content-length'], headers['transfer-encoding']], [undefined, undefined]);
    }
  });
});

describe('an answer whose headers never end', () => {
  const HEAD = 'HTTP/1.1 200 OK\r\n';
  /** Node's parser does not count these as bytes of headers. */
  const floods: Readonly<Record<string, [start: string, more: string]>> = {
    'spaces before a value': [`${HEAD}X:`, ' '.repeat(65_536)],
    'early hints': ['', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(2000)],
  };
  for (const [title, [start, more]] of Object.entries(floods)) {
    test(`is aborted: ${title}`, async () => {
      const { promise: closed, resolve: close } = Promise.withResolvers<void>();
      await using server = await serve(({ socket }) => {
        const write = () => {
          while (!socket.destroyed && socket.write(more));
        };
        socket
          .on('drain', write)
          .on('error', () => {})
          .once('close', () => close());
        socket.write(start);
        write();
      });
      const reply = await request(server.url, { timeout: 2 ** 31 - 1 });
      assert.ok(!reply.ok);
      assert.equal(reply.failure.reason, 'not-http');
      await closed;
    });
  }

  test('a long body is not limited', async () => {
    const text = 'x'.repeat(1_000_000);
    await using server = await serve((_, outgoing) => void outgoing.end(text));
    const reply = await request(server.url, { maxBytes: text.length });
    assert.ok(reply.ok && reply.value.text === text);
  });
});
