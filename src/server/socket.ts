import { createServer, type Server, type ServerOptions } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from '../log/index.ts';
import { limitPatience } from './patience.ts';
import { sparingly } from './sparingly.ts';

/** Node's own look at slow callers is left to `limitPatience`. Milliseconds, bytes. */
const limits: ServerOptions = {
  connectionsCheckingInterval: 2 ** 31 - 1,
  keepAliveTimeout: 5000,
};

/** Bytes: more than any hook sends. */
const maxHeaders = 4096;

const maxRequestsPerSocket = 100;

/**
 * For each socket. Not the reference's 64: Node drops the surplus without a word, and a thousand torrents
 * added at once are a thousand curls. For what a dropped hook was about the supervisor looks by itself.
 */
const maxConnections = 1024;
const backlog = 1024;

/** How long a server that stops lets open requests finish, in milliseconds. */
const grace = 1000;

/** From the last dropped connection until that is said, in milliseconds. */
const dropPause = 1000;

/** Between two log lines on dropped connections, in milliseconds. */
const dropInterval = 10_000;

/** What is served: an app of Hono's. */
export interface App {
  fetch: Parameters<typeof getRequestListener>[0];
}

/** As in `ListenOptions`. */
interface SocketOptions {
  log: Logger;
  maxHeaderSize?: number;
  onDrop?: () => void;
}

/** Listens on one address. Rejects with Node's error. */
export function startServer(
  app: App,
  host: string,
  port: number,
  { log, maxHeaderSize = maxHeaders, onDrop = () => {} }: SocketOptions,
): Promise<Server> {
  // With the light `Request` and `Response` of node-server in place of Node's: a tenth less CPU for a burst of hooks
  // (docs/benchmarks.md). What the process asks others for itself uses neither's body as a stream.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: true });
  const server = createServer({ ...limits, maxHeaderSize }, (incoming, outgoing) => {
    listener(incoming, outgoing).catch((error: unknown) => {
      log.error('a request failed', { error });
      outgoing.destroy();
    });
  });
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  server.maxConnections = maxConnections;
  limitPatience(server);
  const tell = sparingly(dropInterval);
  let dropped: NodeJS.Timeout | undefined;
  server.on('drop', () => {
    // Once for a burst, and after its last: until then more of it may get lost.
    clearTimeout(dropped);
    dropped = setTimeout(onDrop, dropPause).unref();
    tell('drop', (unsaid) =>
      log.warn('connections were dropped: too many at once', { maxConnections, unsaid }),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog }, () => {
      server.off('error', reject);
      server.on('error', (error) => log.error('a server socket failed', { error }));
      resolve(server);
    });
  });
}

/** Accepts nothing new, lets open requests finish for a second, then cuts off whoever is left. */
export function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), grace);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}
