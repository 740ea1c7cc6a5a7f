/** A server whose side of the connections is visible to the test. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { startServer, stopServer, type App } from '../../src/server/socket.ts';
import { recorder } from './apps.ts';

/** A complete request. */
export const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

export interface Serving {
  port: number;
  server: Server;
  /** The server's sockets of all open connections. */
  sockets: Set<Socket>;
  /** Connects, sends, and reads nothing. */
  send: (text: string) => Promise<Socket>;
}

/** Serves until the test ends. */
export async function serve(t: TestContext, app: App, options: object = {}): Promise<Serving> {
  const server = await startServer(app, '127.0.0.1', 0, { log: recorder().log, ...options });
  const clients: Socket[] = [];
  t.after(() => {
    for (const client of clients) client.destroy();
    return stopServer(server);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { port } = address;
  return {
    port,
    server,
    sockets,
    async send(text) {
      const client = connect({ port, host: '127.0.0.1' });
      clients.push(client);
      client.on('error', () => {});
      await once(client, 'connect');
      client.write(text);
      return client;
    },
  };
}

/** Bytes that are buffered until the client reads them. */
export const bufferedBy = (sockets: Iterable<Socket>): number =>
  [...sockets].reduce((sum, { writableLength }) => sum + writableLength, 0);

/** Whether its client has to read before more can be sent. */
export const isStuck = ({ writableLength }: Socket): boolean => writableLength > 0;

/** Bytes that its client has read so far. */
export const takenOf = ({ bytesWritten, writableLength }: Socket): number => bytesWritten - writableLength;

/** An iteration of the event loop. */
export const turn = (): Promise<void> => new Promise(setImmediate);
