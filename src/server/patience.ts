import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a caller may take for its headers, and then for its body, in milliseconds. */
const REQUEST_TIMEOUT = 5000;
/** From an answer to the whole headers of the next request. Longer than a silent connection is kept open at all. */
const KEEP_ALIVE_TIMEOUT = 2 * REQUEST_TIMEOUT;
/** How long a caller may read nothing of an answer, in milliseconds. */
const STALLED = 30_000;

const TOO_SLOW = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * Cuts off who is slow with a request, or reads nothing of the answer, however long the answer takes. Node's own limits
 * for that are looked at by a timer of each server, which would wake an idle process every second: here only a
 * connection has a timer.
 */
export function enforceRequestTimeouts(server: Server): void {
  const timers = new WeakMap<Socket, NodeJS.Timeout>();
  const stop = (socket: Socket) => clearTimeout(timers.get(socket));
  const wait = (socket: Socket, ms: number, onTimeout: () => void) => {
    stop(socket);
    if (!socket.destroyed) timers.set(socket, setTimeout(onTimeout, ms).unref());
  };
  const refuse = (socket: Socket) => {
    socket.end(TOO_SLOW, () => socket.destroy());
    wait(socket, REQUEST_TIMEOUT, () => socket.destroy());
  };
  /** Looks now and then whether something of the answer was read. */
  const watch = (socket: Socket, before: number | null) => {
    const stuck = socket.writableLength > 0 ? readOf(socket) : null;
    if (stuck !== null && stuck === before) socket.destroy();
    else wait(socket, STALLED, () => watch(socket, stuck));
  };
  server.on('connection', (socket: Socket) => {
    wait(socket, REQUEST_TIMEOUT, () => refuse(socket));
    socket.once('close', () => stop(socket));
  });
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { socket } = incoming;
    wait(socket, REQUEST_TIMEOUT, () => (incoming.complete ? watch(socket, null) : refuse(socket)));
    outgoing.once('finish', () => wait(socket, KEEP_ALIVE_TIMEOUT, () => refuse(socket)));
  });
}

/** Bytes that the other side has taken so far. */
const readOf = (socket: Socket): number => socket.bytesWritten - socket.writableLength;
