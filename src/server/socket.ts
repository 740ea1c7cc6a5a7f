import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from '../log/index.ts';
import { limitConnections, type ConnectionLimits } from './connections.ts';
import { limitInFlight } from './in-flight.ts';
import { enforceRequestTimeouts } from './patience.ts';
import { throttle } from '../util/throttle.ts';

/** Node's own look at slow callers is left to `limitPatience`. Milliseconds, bytes. */
const limits: ServerOptions = {
  connectionsCheckingInterval: 2 ** 31 - 1,
  keepAliveTimeout: 5000,
};

/** Bytes: more than any hook sends. */
const maxHeaders = 4096;

const maxRequestsPerSocket = 100;

/**
 * For each listening socket. A thousand torrents added at once are a thousand curls from one address, so that one may
 * have all. For what a dropped hook was about the supervisor looks by itself.
 */
const maxConnections: ConnectionLimits = { total: 1024, perNetwork: 1024 };

/**
 * Connections that wait to be accepted. When there are more, Linux ignores the next ones, and their clients try again
 * after 1, 3, 7 s, among them a probe. So it is what Linux allows at most by default (`net.core.somaxconn`).
 */
const backlog = 4096;

/** How long a server that stops lets open requests finish, in milliseconds. */
const grace = 1000;

/** From the last dropped connection until that is said, and from the first at most, in milliseconds. */
const dropPause = 1000;
const dropLimit = 10_000;

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
  connections?: ConnectionLimits;
  onDrop?: () => void;
}

/** Listens on one address. Rejects with Node's error. */
export function startServer(
  app: App,
  host: string,
  port: number,
  { log, maxHeaderSize = maxHeaders, connections = maxConnections, onDrop = () => {} }: SocketOptions,
): Promise<Server> {
  // With the light `Request` and `Response` of node-server in place of Node's: a tenth less CPU for a burst of hooks
  // (docs/benchmarks.md). What the process asks others for itself uses neither's body as a stream.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: true });
  const server = createServer({ ...limits, maxHeaderSize });
  const inFlight = limitInFlight(server);
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (!inFlight.begin(incoming, outgoing)) return;
    listener(incoming, outgoing).catch((error: unknown) => {
      log.error('a request failed', { error });
      outgoing.destroy();
    });
  });
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  limitConnections(server, {
    ...connections,
    waitsForClient: (socket) => inFlight.waitsForClient(socket),
    onDrop: tellDrops(connections, log, onDrop),
  });
  enforceRequestTimeouts(server);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog }, () => {
      server.off('error', reject);
      server.on('error', (error) => log.error('a server socket failed', { error }));
      resolve(server);
    });
  });
}

/** Logs dropped connections, and calls `onDrop` once for a burst of them, after its last: until then more may get lost. */
function tellDrops({ total, perNetwork }: ConnectionLimits, log: Logger, onDrop: () => void): () => void {
  const tell = throttle(dropInterval);
  let pending: { timer: NodeJS.Timeout; since: number } | null = null;
  const end = () => {
    pending = null;
    onDrop();
  };
  return () => {
    tell('drop', (unsaid) =>
      log.warn('connections were dropped: too many at once', { maxConnections: total, perNetwork, unsaid }),
    );
    const now = performance.now();
    const since = pending?.since ?? now;
    // A burst without an end is told about, too.
    if (pending !== null && now - since > dropLimit) return;
    clearTimeout(pending?.timer);
    pending = { since, timer: setTimeout(end, dropPause).unref() };
  };
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
