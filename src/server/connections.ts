import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../util/network.ts';

/** How many connections a server accepts at the same time. */
export interface ConnectionLimits {
  /** From all addresses together. */
  total: number;
  /** From one address; for IPv6, from one /64, which a single host can use. */
  perNetwork: number;
}

/**
 * For the operations port, which is reachable from the whole cluster. 32 viewers may come through one proxy; an open
 * connection takes about 15 KB.
 */
export const OPS_CONNECTIONS: ConnectionLimits = { total: 256, perNetwork: 64 };

/** Listening sockets of the operations port: clients that reconnect hundreds of times a second must not delay a probe. */
export const OPS_ACCEPTORS = 4;

/**
 * Listening sockets of the hook API. qBittorrent starts a curl for each torrent: the calls that wait are accepted in one
 * iteration of the event loop, and share a transaction, instead of one in each iteration. With 500 a second, a hundredth
 * of them took longer than 40 ms with one socket, and longer than 20 ms with eight.
 */
export const HOOK_ACCEPTORS = 8;

export interface LimitOptions extends ConnectionLimits {
  /** Whether the connection is idle until its client sends or reads something. */
  waitsForClient: (socket: Socket) => boolean;
  /** Called when a connection was closed because of the limits. */
  onDrop: () => void;
}

/**
 * Closes a connection when a limit is exceeded: the oldest one that waits for its client, from the network with the most
 * connections. So a new connection, such as a probe's, is accepted however many are held open. Only when all of them are
 * being answered, the new one is closed.
 */
export function limitConnections(
  server: Server,
  { total, perNetwork, waitsForClient, onDrop }: LimitOptions,
): void {
  /** By network; the oldest connections of each first. */
  const open = new Map<string, Set<Socket>>();
  const networks = new Map<Socket, string>();

  function add(socket: Socket): Set<Socket> {
    const network = networkOf(socket.remoteAddress ?? '');
    const sockets = open.get(network) ?? new Set();
    open.set(network, sockets.add(socket));
    networks.set(socket, network);
    return sockets;
  }

  function remove(socket: Socket): void {
    const network = networks.get(socket);
    if (network === undefined) return;
    networks.delete(socket);
    const sockets = open.get(network);
    sockets?.delete(socket);
    if (sockets?.size === 0) open.delete(network);
  }

  /** The connections of networks that may be closed for a new one, the largest network first. */
  function findCandidates(own: Set<Socket>): Array<Set<Socket>> {
    if (own.size > perNetwork) return [own];
    if (networks.size <= total) return [];
    return [...open.values()]
      .filter(({ size }) => size >= own.size)
      .toSorted((one, other) => other.size - one.size);
  }

  function findIdle(candidates: Array<Set<Socket>>, newest: Socket): Socket | undefined {
    for (const sockets of candidates) {
      for (const socket of sockets) if (socket !== newest && waitsForClient(socket)) return socket;
    }
    return undefined;
  }

  server.on('connection', (socket: Socket) => {
    const candidates = findCandidates(add(socket));
    socket.once('close', () => remove(socket));
    if (candidates.length === 0) return;
    const closing = findIdle(candidates, socket) ?? socket;
    // Now, not on its close event: several new connections in one turn must each close a different one.
    remove(closing);
    closing.destroy();
    onDrop();
  });
}
