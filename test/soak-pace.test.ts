import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAttackers } from './soak/attackers.ts';

/** Each with at most this many unanswered requests: junk hooks, hooks of unknown torrents, wrong tokens. */
const JUNK = 2 * 25 + 113 + 10;
/** Streams, slow readers, headers byte by byte. */
const READERS = 40 + 40 + 50;
/** Of each of two pipelines: one second's worth. */
const PIPELINED = 500;

test('an attack sends no more to a server that never answers, however long it lasts', async () => {
  await using silent = await startSilentServer();
  const { port } = silent;
  await using attackers = startAttackers({
    hookPort: port,
    opsPort: port,
    hookToken: 'hook-token',
    opsToken: 'ops-token',
    fakes: { batch: 500, pause: 1000 },
    fromLoopback: false,
  });
  while (silent.requests < JUNK + READERS) await sleep(100);
  // The old attack sent 60 requests a second, and two pipelines with 500 a second each.
  await sleep(5000);
  const most = JUNK + READERS + 2 * PIPELINED;
  assert.ok(silent.requests <= most, `${silent.requests} requests, at most ${most}`);
  assert.ok((attackers.counts['/metrics: requests'] ?? 0) <= 2 * PIPELINED);
});

/** Accepts all connections and answers nothing. */
async function startSilentServer() {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      requests += data.toString('latin1').split(/^(?:GET|POST) \//m).length - 1;
    });
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
