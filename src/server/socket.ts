import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from '../log/index.ts';
import { startAcceptors, stopAcceptors } from './acceptors.ts';
import { limitConnections, type ConnectionLimits } from './connections.ts';
import { limitInFlight } from './in-flight.ts';
import { enforceRequestTimeouts } from './request-timeouts.ts';
import { throttle } from '../util/throttle.ts';

/** Node's own check of slow clients is replaced by `enforceRequestTimeouts`. Milliseconds. */
const serverOptions: ServerOptions = {
  connectionsCheckingInterval: 2 ** 31 - 1,
  keepAliveTimeout: 5000,
};

/** Bytes: more than any hook sends. */
const MAX_HEADER_SIZE = 4096;

const MAX_REQUESTS_PER_SOCKET = 100;

/**
 * For each listening socket. A thousand torrents that are added at once are a thousand curls from one address, so one
 * address may use all of them. After dropped hooks the supervisor scans for new torrents.
 */
const MAX_CONNECTIONS: ConnectionLimits = { total: 1024, perNetwork: 1024 };

/** Milliseconds in which open requests may finish when a server stops. */
const GRACE_PERIOD = 1000;

/** Milliseconds from the last dropped connection of a burst until `onDrop` is called, and at most from the first. */
const DROP_DELAY = 1000;
const MAX_DROP_DELAY = 10_000;

/** Milliseconds between two log lines on dropped connections. */
const DROP_LOG_INTERVAL = 10_000;

/** A Hono app. */
export interface App {
  fetch: Parameters<typeof getRequestListener>[0];
}

/** As in `ListenOptions`. */
interface SocketOptions {
  log: Logger;
  maxHeaderSize?: number;
  connections?: ConnectionLimits;
  acceptors?: number;
  onDrop?: () => void;
}

/** Listens on one address. Rejects with Node's error. */
export async function startServer(
  app: App,
  host: string,
  port: number,
  {
    log,
    maxHeaderSize = MAX_HEADER_SIZE,
    connections = MAX_CONNECTIONS,
    acceptors = 1,
    onDrop = () => {},
  }: SocketOptions,
): Promise<Server> {
  // With node-server's light `Request` and `Response` instead of Node's: a tenth less CPU for a burst of hooks
  // (docs/benchmarks.md). The process's own HTTP client uses neither's body as a stream.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: true });
  const server = createServer({ ...serverOptions, maxHeaderSize });
  const inFlight = limitInFlight(server);
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (!inFlight.begin(incoming, outgoing)) return;
    listener(incoming, outgoing).catch((error: unknown) => {
      log.error('a request failed', { error });
      outgoing.destroy();
    });
  });
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  limitConnections(server, {
    ...connections,
    waitsForClient: (socket) => inFlight.waitsForClient(socket),
    onDrop: reportDrops(connections, log, onDrop),
  });
  enforceRequestTimeouts(server);
  await startAcceptors(server, { host, port, acceptors });
  server.on('error', (error) => log.error('a server socket failed', { error }));
  return server;
}

/** Logs dropped connections, and calls `onDrop` once for each burst, after its last one. */
function reportDrops({ total, perNetwork }: ConnectionLimits, log: Logger, onDrop: () => void): () => void {
  const logThrottled = throttle(DROP_LOG_INTERVAL);
  let pending: { timer: NodeJS.Timeout; since: number } | null = null;
  const end = () => {
    pending = null;
    onDrop();
  };
  return () => {
    logThrottled('drop', (suppressed) =>
      log.warn('connections were dropped: too many at once', {
        maxConnections: total,
        perNetwork,
        suppressed,
      }),
    );
    const now = performance.now();
    const since = pending?.since ?? now;
    // A burst that does not end is reported as well.
    if (pending !== null && now - since > MAX_DROP_DELAY) return;
    clearTimeout(pending?.timer);
    pending = { since, timer: setTimeout(end, DROP_DELAY).unref() };
  };
}

/** Stops accepting, lets open requests finish for a second, then closes the remaining connections. */
export async function stopServer(server: Server): Promise<void> {
  const cutOff = setTimeout(() => server.closeAllConnections(), GRACE_PERIOD);
  const stopped = stopAcceptors(server);
  server.closeIdleConnections();
  await stopped;
  clearTimeout(cutOff);
}
