/** Connections as attackers open them: with an address of their own, and again when they were closed. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** How often each thing was done, or answered. */
export type Counts = Record<string, number>;

export const count = (counts: Counts, what: string, by = 1): void => {
  counts[what] = (counts[what] ?? 0) + by;
};

export interface Attacker {
  /** What it is counted as. */
  name: string;
  port: number;
  /** The address that it comes from. */
  from: string;
  counts: Counts;
}

export interface Crowd extends Attacker {
  /** Connections that are open at the same time. */
  size: number;
  /** What each does as soon as it is open. Default: nothing at all. */
  act?: (socket: Socket) => void;
  /** Milliseconds after which one that was closed at once is opened again; up to a half more or less. */
  pause?: number;
}

/** Milliseconds. */
const AT_ONCE = 1000;

/** Keeps so many connections open: each is opened again as soon as it was closed, or soon where that was at once. */
export function keepOpen(crowd: Crowd): void {
  for (let n = 0; n < crowd.size; n += 1) keepOneOpen(crowd);
}

function keepOneOpen(crowd: Crowd): void {
  const { name, counts, act, pause = 2000 } = crowd;
  const socket = open(crowd);
  const from = performance.now();
  socket.once('connect', () => {
    count(counts, `${name}: connections`);
    act?.(socket);
  });
  socket.once('close', () => {
    // Not all at the same moment: who is tested is the server, not its queue of new connections.
    const ms = performance.now() - from < AT_ONCE ? pause * (0.5 + Math.random()) : 0;
    setTimeout(() => keepOneOpen(crowd), ms);
  });
}

/** One connection; that it fails is no error. */
export function open({ port, from }: Pick<Attacker, 'port' | 'from'>): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  return socket.setNoDelay(true).on('error', () => {});
}

/** Counts the status of the first answer; `no answer` where there is none. */
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

/** One request on a connection of its own, whose status is counted. */
export function send(attacker: Attacker, request: string): void {
  const socket = open(attacker);
  countStatus(socket, attacker);
  socket.resume().write(request);
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
