/** The operations port keeps answering, whatever clients open, send or leave unread. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sidecar } from '../../src/app/start.ts';
import { startSidecar } from '../support/sidecar.ts';
import { until } from '../servers/wait.ts';
import { request } from './serving.ts';
import { call } from './sockets.ts';

/** A sidecar as it is composed; its servers do not exist. */
async function startOps(t: TestContext, env: Record<string, string> = {}): Promise<Sidecar> {
  const nowhere = 'http://127.0.0.1:9';
  const sidecar = await startSidecar({ QBIT_HOST: nowhere, NTFY_TOPIC: `${nowhere}/topic`, ...env });
  t.after(() => sidecar.stop());
  return sidecar;
}

/** An attacker's connections; all are closed with the test. */
function createAttacker(t: TestContext, port: number) {
  const sockets = new Set<Socket>();
  const reset = () => {
    for (const socket of sockets) socket.destroy();
  };
  t.after(reset);
  return {
    /** How many the server has left open. */
    open: () =>
      [...sockets].filter(({ readyState, readableEnded }) => readyState === 'open' && !readableEnded).length,
    reset,
    async connect(from: string, sends: string | Buffer = ''): Promise<Socket> {
      const socket = connect({ port, host: '127.0.0.1', localAddress: from });
      sockets.add(socket);
      socket.on('error', () => {});
      // A client that does not read does not detect that it was disconnected.
      socket.resume();
      // A refused connection is also a possible result.
      await Promise.race([once(socket, 'connect'), new Promise((resolve) => socket.once('close', resolve))]);
      if (!socket.destroyed) socket.write(sends);
      return socket;
    },
  };
}

/** Probes like a kubelet: over a new connection, and each time the answer must be 200. */
async function probe({ ops: { port } }: Sidecar, times = 10): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    assert.deepEqual(await call(port, { path: '/livez' }), { status: 200, text: 'ok' });
  }
}

/** As many as Node reads at once: 64 KiB. */
const flood = (path: string) => Buffer.from(request(path).repeat(Math.ceil(65_536 / request(path).length)));

describe('a port whose connections are held open', () => {
  test('by one address: it keeps 64 of 1,100, and each probe is answered', async (t) => {
    const sidecar = await startOps(t);
    const attacker = createAttacker(t, sidecar.ops.port);
    for (let n = 0; n < 1100; n += 1) {
      await attacker.connect('127.0.0.1');
      if (n % 100 === 99) await probe(sidecar);
    }
    assert.ok(attacker.open() <= 64, `${attacker.open()}`);
    await probe(sidecar);
  });

  test('by eleven addresses: it keeps 256 of 1,100, and each probe is answered', async (t) => {
    const sidecar = await startOps(t);
    const attacker = createAttacker(t, sidecar.ops.port);
    for (let n = 0; n < 1100; n += 1) {
      await attacker.connect(`127.0.0.${2 + (n % 11)}`);
      if (n % 100 === 99) await probe(sidecar);
    }
    assert.ok(attacker.open() <= 256, `${attacker.open()}`);
    await probe(sidecar);
  });

  test('after a request each, or with half of one: the same', async (t) => {
    const sidecar = await startOps(t);
    const attacker = createAttacker(t, sidecar.ops.port);
    for (const sends of [
      request('/livez'),
      'GET /livez HTTP/1.1\r\nHost: loc',
      'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n',
    ]) {
      for (let n = 0; n < 400; n += 1) await attacker.connect('127.0.0.1', sends);
      await probe(sidecar);
      assert.ok(attacker.open() <= 64, `${attacker.open()}`);
      attacker.reset();
    }
  });
});

describe('pipelined requests', () => {
  test('close the connection, for any path, and each probe is answered', async (t) => {
    const sidecar = await startOps(t);
    const attacker = createAttacker(t, sidecar.ops.port);
    for (const path of ['/metrics', '/livez', '/status', '/', '/page.js', '/events', '/nothing']) {
      for (let n = 0; n < 20; n += 1) await attacker.connect('127.0.0.1', flood(path));
      await probe(sidecar, 3);
      await until(`all are cut off: ${path}`, () => attacker.open() === 0);
    }
  });

  test('close it also with an unknown Expect', async (t) => {
    const sidecar = await startOps(t);
    const attacker = createAttacker(t, sidecar.ops.port);
    const expecting = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nExpect: nothing\r\n\r\n';
    await attacker.connect('127.0.0.1', expecting.repeat(1000));
    await until('it is cut off', () => attacker.open() === 0);
    await probe(sidecar);
  });

  test('close it, and no other, when some of them are answered by Node itself', async (t) => {
    const sidecar = await startOps(t);
    const attacker = createAttacker(t, sidecar.ops.port);
    const expecting = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nExpect: nothing\r\n\r\n';
    const small = 'GET / HTTP/1.1\r\nHost:a\r\n\r\n';
    await attacker.connect('127.0.0.1', request('/livez') + expecting.repeat(99) + small.repeat(2400));
    await until('it is cut off', () => attacker.open() === 0);
    await probe(sidecar);
    // A connection has a hundred requests: Node answers 503 to later ones.
    const socket = await attacker.connect('127.0.0.1');
    for (let n = 0; n < 98; n += 1) {
      socket.write(small);
      await once(socket, 'data');
    }
    socket.write(small.repeat(2000));
    await until('this one, too', () => attacker.open() === 0);
    await probe(sidecar);
  });

  test('eight wrong tokens at a time are answered after the delay, the others at once', async (t) => {
    const { ops } = await startOps(t, { OPS_TOKEN: 'a-token-of-more-than-sixteen' });
    const path = '/login';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const statuses: number[] = [];
    const send = async () => {
      const { status } = await call(ops.port, { method: 'POST', path, headers }, 'token=a');
      statuses.push(status ?? 0);
    };
    await Promise.all(Array.from({ length: 20 }, send));
    // While one waits, its connection cannot be closed for a probe's.
    const waited = statuses.filter((status) => status === 403).length;
    assert.equal(statuses.filter((status) => status === 429).length, 20 - waited);
    // On a slow machine some arrive when others have waited already; after the tenth the address is locked out.
    const wereTogether = statuses.lastIndexOf(429) < statuses.indexOf(403);
    assert.ok(wereTogether ? waited === 8 : waited >= 8 && waited <= 10, statuses.join(' '));
  });

  test('one after the other they are answered over one connection', async (t) => {
    const sidecar = await startOps(t);
    const attacker = createAttacker(t, sidecar.ops.port);
    const socket = await attacker.connect('127.0.0.1');
    for (let n = 0; n < 50; n += 1) {
      socket.write(request('/livez'));
      const [data] = (await once(socket, 'data')) as [Buffer];
      assert.match(data.toString(), /^HTTP\/1\.1 200 [^]*ok$/);
    }
  });

  test('a request in pieces, and one with a body, are one request', async (t) => {
    const { ops } = await startOps(t);
    const attacker = createAttacker(t, ops.port);
    const socket = await attacker.connect('127.0.0.1');
    const answer = once(socket, 'data');
    for (const letter of request('/livez')) {
      socket.write(letter);
      await sleep(1);
    }
    const [data] = (await answer) as [Buffer];
    assert.match(data.toString(), /^HTTP\/1\.1 200 /);
    const form = `token=${'x'.repeat(4000)}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status } = await call(ops.port, { method: 'POST', path: '/login', headers }, form);
    assert.equal(status, 403);
  });
});
