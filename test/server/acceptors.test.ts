/** Several listening sockets share the operations port: they answer as one server, and no program shares it by accident. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { listen, type Listening, type ListenOptions } from '../../src/server/index.ts';
import { opsApp, recorder } from './apps.ts';
import { call, connection, untilClosed } from './sockets.ts';

const ACCEPTORS = 4;
const HOST = '127.0.0.1';

async function listenOn(port: number): Promise<Server> {
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  return server;
}

const close = (server: Server) => new Promise((resolve) => void server.close(resolve));

async function freePort(): Promise<number> {
  const server = await listenOn(0);
  const { port } = server.address() as AddressInfo;
  await close(server);
  return port;
}

async function start(port: number, options: Partial<ListenOptions> = {}): Promise<Listening> {
  const { log } = recorder();
  const { app } = opsApp();
  return listen(app, { host: HOST, port, setting: 'OPS', acceptors: ACCEPTORS, log, ...options });
}

/** Listening sockets of a port, from `/proc/net/tcp`: the local address is hexadecimal, state 0A is LISTEN. */
function countListening(port: number): number {
  const address = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(address) === true && state === '0A').length;
}

describe('four listening sockets', () => {
  test('answer on one port, and are closed together', async () => {
    const at = await start(await freePort());
    assert.equal(countListening(at.port), ACCEPTORS);
    // Linux chooses the socket by the client's port: with 64 connections, each socket gets some.
    const answers = await Promise.all(Array.from({ length: 64 }, () => call(at.port, { path: '/livez' })));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    await at.close();
    assert.equal(countListening(at.port), 0);
  });

  test('share one limit of connections', async () => {
    const at = await start(await freePort(), { connections: { total: 8, perNetwork: 8 } });
    const sockets = [];
    for (let n = 0; n < 12; n += 1) {
      const socket = await connection(at.port, 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await once(socket, 'data');
      sockets.push(socket);
    }
    // The oldest idle connections were closed for the newer ones.
    await Promise.all(sockets.slice(0, 4).map((socket) => untilClosed(socket)));
    assert.ok(sockets.slice(4).every((socket) => !socket.readableEnded));
    await at.close();
  });

  test('log their errors, and continue', async (t) => {
    const { log, lines } = recorder();
    const listenCalls = t.mock.method(Server.prototype, 'listen');
    const at = await start(await freePort(), { log });
    const servers = listenCalls.mock.calls
      .map((made) => made.this as Server)
      .filter(({ listening }) => listening);
    assert.equal(servers.length, ACCEPTORS);
    for (const server of servers) server.emit('error', new Error('accept failed'));
    assert.equal(lines.filter((line) => line.includes('a server socket failed')).length, ACCEPTORS);
    assert.equal((await call(at.port, { path: '/livez' })).status, 200);
    await at.close();
  });

  test('are not opened while another program uses the port, or another sidecar', async () => {
    const port = await freePort();
    const other = await listenOn(port);
    await assert.rejects(start(port), /is in use by another program\. Set OPS_PORT/);
    await close(other);
    const first = await start(port);
    await assert.rejects(start(port), /is in use by another program\. Set OPS_PORT/);
    assert.equal(countListening(port), ACCEPTORS);
    await first.close();
  });
});
