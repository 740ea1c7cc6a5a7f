/** Several listening sockets on one port, so that a flood of new connections does not delay a probe. */
import type { Server } from 'node:http';
import { createServer, type ListenOptions, type Server as NetServer } from 'node:net';

/**
 * Connections that wait to be accepted. Linux ignores further ones, and their clients, including probes, try again after
 * 1, 3 and 7 s. So this is Linux's default maximum (`net.core.somaxconn`).
 */
const BACKLOG = 4096;

/** The additional listening sockets of a server. */
const additional = new WeakMap<Server, readonly NetServer[]>();

/** An address to listen on. `acceptors`: the number of listening sockets. */
export interface AcceptorOptions {
  host: string;
  /** 0: any free port, with one listening socket. */
  port: number;
  acceptors: number;
}

/**
 * Listens on one address. libuv accepts one connection per listening socket in each iteration of the event loop; Linux
 * distributes the connections over all sockets of a port (`SO_REUSEPORT`). Where that is not supported, there is one.
 * Rejects with Node's error, also if another program listens on the port.
 */
export async function startAcceptors(
  server: Server,
  { host, port, acceptors }: AcceptorOptions,
): Promise<void> {
  const address = { host, port, backlog: BACKLOG };
  if (port === 0 || acceptors === 1) return listenOn(server, address);
  // With `SO_REUSEPORT` alone, two sidecars of one user would share the port.
  const probe = createServer();
  await listenOn(probe, address);
  await closeServer(probe);
  const shared = { ...address, reusePort: true };
  try {
    await listenOn(server, shared);
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    return listenOn(server, address);
  }
  const others: NetServer[] = [];
  additional.set(server, others);
  while (others.length < acceptors - 1) {
    // The same options as those of `http.Server`.
    const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      server.emit('connection', socket);
    });
    try {
      await listenOn(other, shared);
    } catch {
      // Fewer are enough.
      return;
    }
    // Without a listener, an error would end the process.
    other.on('error', (error) => server.emit('error', error));
    others.push(other);
  }
}

/** Stops accepting; resolves when all connections are closed. */
export async function stopAcceptors(server: Server): Promise<void> {
  const all: NetServer[] = [server, ...(additional.get(server) ?? [])];
  await Promise.all(all.map(closeServer));
}

function listenOn(server: NetServer, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

const closeServer = (server: NetServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

const isUnsupported = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  /^(?:ENOTSUP|EOPNOTSUPP|ENOPROTOOPT|EINVAL)$/.test(String(error.code));
