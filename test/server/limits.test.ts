import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { listen, type Listening } from '../../src/server/index.ts';
import type { App } from '../../src/server/socket.ts';
import { hash, hookApp, recorder } from './apps.ts';
import { call, connection, untilClosed } from './sockets.ts';

const head = 'POST /track HTTP/1.1\r\nHost: localhost\r\n';

describe('a server under bad clients', { concurrency: true }, () => {
  const { app, tracked } = hookApp();
  let server: Listening;
  before(async () => {
    server = await listen(app, { host: '127.0.0.1', port: 0, setting: 'HOOK', log: recorder().log });
  });
  after(async () => {
    await server.close();
    assert.deepEqual(tracked, [hash], 'only the one valid call is accepted');
  });

  test('disconnects a client that sends nothing', async () => {
    await untilClosed(await connection(server.port, ''));
  });

  test('disconnects a client that sends its headers byte by byte', async () => {
    const socket = await connection(server.port, head);
    const drip = setInterval(() => socket.write('x'), 200);
    assert.match(await untilClosed(socket), /^HTTP\/1\.1 408 /);
    clearInterval(drip);
  });

  test('disconnects a client that sends its body byte by byte', async () => {
    const socket = await connection(server.port, `${head}Transfer-Encoding: chunked\r\n\r\n`);
    const drip = setInterval(() => socket.write('1\r\nx\r\n'), 200);
    assert.match(await untilClosed(socket), /^HTTP\/1\.1 4(?:08|13) /);
    clearInterval(drip);
  });

  test('disconnects a client that sends its second request byte by byte', async () => {
    const socket = await connection(
      server.port,
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nX: ',
    );
    const drip = setInterval(() => socket.write('x'), 200);
    assert.match(await untilClosed(socket), /^HTTP\/1\.1 404 [^]*HTTP\/1\.1 408 /);
    clearInterval(drip);
  });

  test('does not limit how long a response takes', async () => {
    const slow = { fetch: () => sleep(7000, new Response('here it is')) };
    const other = await listen(slow, { host: '127.0.0.1', port: 0, setting: 'OPS', log: recorder().log });
    assert.equal((await call(other.port)).text, 'here it is');
    await other.close();
  });

  test('refuses headers of more than 4 KiB', async () => {
    const socket = await connection(server.port, `${head}X: ${'x'.repeat(5000)}\r\n\r\n`);
    assert.match(await untilClosed(socket), /^HTTP\/1\.1 431 /);
  });

  test('refuses a long URL and a long body, chunked or not, and accepts a small body', async () => {
    const { port } = server;
    const path = `/track?hash=${hash}`;
    const to = { method: 'POST', path };
    const chunked = { ...to, headers: { 'transfer-encoding': 'chunked' } };
    assert.equal((await call(port, { ...to, path: `${path}&${'x'.repeat(500)}` })).status, 414);
    assert.equal((await call(port, to, 'x'.repeat(200_000))).status, 413);
    assert.equal((await call(port, chunked, 'x'.repeat(200_000))).status, 413);
    assert.equal((await call(port, chunked, 'x')).status, 200);
  });

  test('refuses invalid HTTP, and requests that two servers would parse differently', async () => {
    const bad = [
      '\u0016\u0003\u0001\r\n\r\n',
      `POST /track?hash=\0 HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`,
      `${head}X: a\rb\r\n\r\n`,
      'POST /track HTTP/1.1\r\n\r\n',
    ];
    for (const sends of bad) {
      assert.match(await untilClosed(await connection(server.port, sends)), /^HTTP\/1\.1 400 /, sends);
    }
  });
});

describe('a thousand torrents added at once', () => {
  const hashes = Array.from({ length: 1000 }, (_, index) => index.toString(16).padStart(40, '0'));
  const { lines, log } = recorder();
  const options = { host: '127.0.0.1', port: 0, setting: 'HOOK', log };

  /** Adds them all, and checks that each call is answered with 200. */
  async function addAll(app: App): Promise<void> {
    const server = await listen(app, options);
    const add = async (hash: string) => {
      const { status } = await call(server.port, { method: 'POST', path: `/track?hash=${hash}` });
      assert.equal(status, 200);
    };
    try {
      await Promise.all(hashes.map(add));
    } finally {
      await server.close();
    }
    assert.deepEqual(lines, []);
  }

  test('are a thousand requests, and each torrent is tracked', async () => {
    const { app, tracked } = hookApp();
    await addAll(app);
    assert.deepEqual(tracked.toSorted(), hashes);
  });

  test('lose no request even if all of them are open at the same time', async () => {
    const allOpen = Promise.withResolvers<Response>();
    let open = 0;
    const fetch = async () => {
      open += 1;
      if (open === hashes.length) allOpen.resolve(new Response('ok'));
      return (await allOpen.promise).clone();
    };
    await addAll({ fetch });
  });
});

test('after more than a thousand hooks at once one scan finds the torrents of the dropped ones', async (t) => {
  const { lines, log } = recorder();
  const drops: number[] = [];
  const dropped = Promise.withResolvers<void>();
  const onDrop = () => {
    drops.push(drops.length);
    dropped.resolve();
  };
  const server = await listen(hookApp().app, { host: '127.0.0.1', port: 0, setting: 'HOOK', log, onDrop });
  t.after(() => server.close());
  const sockets = await Promise.all(Array.from({ length: 1100 }, () => connection(server.port, '')));
  await dropped.promise;
  assert.deepEqual(drops, [0]);
  assert.match(lines.join(''), /dropped/);
  for (const socket of sockets) socket.destroy();
});
