/**
 * Connections of attackers: each with its own address, and reopened when closed. The number of connections and of
 * unanswered requests is bounded, so the pace of the attack follows the answers: on a machine that is ten times slower,
 * the attack is ten times slower.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** How often each action or answer occurred. */
export type Counts = Record<string, number>;

export const count = (counts: Counts, what: string, by = 1): void => {
  counts[what] = (counts[what] ?? 0) + by;
};

export interface Attacker {
  /** The name of its counter. */
  name: string;
  port: number;
  /** Its source address. */
  from: string;
  counts: Counts;
}

export interface ConnectionSet extends Attacker {
  /** The number of simultaneous connections. */
  size: number;
  /** The action of each when it is open. Default: none. */
  act?: (socket: Socket) => void;
  /** Milliseconds after which one that was closed is reopened, with 50 % jitter. */
  pause?: number;
}

/** Keeps this many connections open: each is reopened after a pause when it was closed. */
export function keepOpen(connections: ConnectionSet): void {
  for (let n = 0; n < connections.size; n += 1) keepOneOpen(connections);
}

function keepOneOpen(connections: ConnectionSet): void {
  const { name, counts, act, pause = 2000 } = connections;
  const socket = open(connections);
  socket.once('connect', () => {
    count(counts, `${name}: connections`);
    act?.(socket);
  });
  socket.once('close', () => {
    // With jitter: the test is about the server, not its queue of new connections. Also when it was closed late:
    // a slow server closes all of them late, and would get even more of them without a pause.
    setTimeout(() => keepOneOpen(connections), pause * (0.5 + Math.random()));
  });
}

/** One connection; its failure is no error. */
export function open({ port, from }: Pick<Attacker, 'port' | 'from'>): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  return socket.setNoDelay(true).on('error', () => {});
}

/** Counts the status of the first answer, or `no answer`. */
export function countStatus(socket: Socket, { name, counts }: Attacker): void {
  let status = 'no answer';
  socket.once('data', (data: Buffer) => {
    status = /^HTTP\/1\.1 (\d{3})/.exec(data.toString('latin1'))?.[1] ?? 'no HTTP';
    count(counts, `${name}: ${status}`);
  });
  socket.once('close', () => {
    if (status === 'no answer') count(counts, `${name}: ${status}`);
  });
}

/** Requests that each have their own connection. */
export interface RequestSender {
  /** Sends a request and counts its status, unless too many are unanswered; returns whether it was sent. */
  send(request: string): boolean;
  /** The number of unanswered requests. */
  readonly unanswered: number;
}

/** At most `limit` requests of this attacker are unanswered. */
export function createRequestSender(attacker: Attacker, limit: number): RequestSender {
  let unanswered = 0;
  return {
    send(request) {
      if (unanswered >= limit) return false;
      unanswered += 1;
      const socket = open(attacker);
      countStatus(socket, attacker);
      socket.once('close', () => (unanswered -= 1));
      socket.resume().write(request);
      return true;
    },
    get unanswered() {
      return unanswered;
    },
  };
}

export interface RequestOptions {
  method?: 'GET' | 'POST';
  token?: string;
  headers?: string[];
  body?: string;
}

/** The text of a request, after which the connection is closed. */
export function requestText(
  path: string,
  { method = 'GET', token, headers = [], body }: RequestOptions = {},
) {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: close',
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...(body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}
