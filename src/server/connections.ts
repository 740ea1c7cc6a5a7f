import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../util/network.ts';

/** How many connections a server keeps open. */
export interface ConnectionLimits {
  /** From all addresses together. */
  total: number;
  /** From one address; of IPv6, from one /64, which is what a single host is given. */
  perNetwork: number;
}

/**
 * Of the operations port, which is open to the cluster. 32 viewers may come through one proxy; a connection that is held
 * open costs some 15 KB.
 */
export const OPS_CONNECTIONS: ConnectionLimits = { total: 256, perNetwork: 64 };

export interface LimitOptions extends ConnectionLimits {
  /** Whether nothing can happen on a connection before its client sends or reads something. */
  waitsForClient: (socket: Socket) => boolean;
  /** Hears that a connection was closed to stay within the limits. */
  onDrop: () => void;
}

/**
 * Closes a connection when there is one too many: the oldest that waits for its client, of the address that has most.
 * So a new one, as a probe's, finds a place however many connections are held open. Only where all of them are being
 * answered the new one is closed.
 */
export function limitConnections(
  server: Server,
  { total, perNetwork, waitsForClient, onDrop }: LimitOptions,
): void {
  /** By network; of each the oldest first. */
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

  /** The networks that can make room for one that has so many. */
  function crowded(own: Set<Socket>): Array<Set<Socket>> {
    if (own.size > perNetwork) return [own];
    if (networks.size <= total) return [];
    return [...open.values()]
      .filter(({ size }) => size >= own.size)
      .toSorted((one, other) => other.size - one.size);
  }

  function idleOf(candidates: Array<Set<Socket>>, newest: Socket): Socket | undefined {
    for (const sockets of candidates) {
      for (const socket of sockets) if (socket !== newest && waitsForClient(socket)) return socket;
    }
    return undefined;
  }

  server.on('connection', (socket: Socket) => {
    const candidates = crowded(add(socket));
    socket.once('close', () => remove(socket));
    if (candidates.length === 0) return;
    const victim = idleOf(candidates, socket) ?? socket;
    // Now and not when it has closed: of those that come in the same moment each needs a place of its own.
    remove(victim);
    victim.destroy();
    onDrop();
  });
}
