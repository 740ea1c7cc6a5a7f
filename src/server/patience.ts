import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How long a caller may take for its headers, and then for its body, in milliseconds. */
const PATIENCE = 5000;
/** From an answer to the whole headers of the next request. Longer than a silent connection is kept open at all. */
const BETWEEN = 2 * PATIENCE;

const TOO_SLOW = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * Cuts off who is slow with a request, however long the answer takes. Node's own limits for that are looked at by a
 * timer of each server, which would wake an idle process every second: here only a connection has a timer.
 */
export function limitPatience(server: Server): void {
  const timers = new WeakMap<Socket, NodeJS.Timeout>();
  const stop = (socket: Socket) => clearTimeout(timers.get(socket));
  const wait = (socket: Socket, ms: number, isEnough = () => false) => {
    stop(socket);
    const cutOff = () => {
      if (!isEnough()) socket.end(TOO_SLOW, () => socket.destroy());
    };
    timers.set(socket, setTimeout(cutOff, ms).unref());
  };
  server.on('connection', (socket: Socket) => {
    wait(socket, PATIENCE);
    socket.once('close', () => stop(socket));
  });
  server.on('request', (incoming, outgoing) => {
    const { socket } = incoming;
    wait(socket, PATIENCE, () => incoming.complete);
    outgoing.once('finish', () => wait(socket, BETWEEN));
  });
}
