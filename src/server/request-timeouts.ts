import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Milliseconds for the headers of a request, and then for its body. */
const REQUEST_TIMEOUT = 5000;
/** Milliseconds from a response to the complete headers of the next request. Longer than an idle connection is kept. */
const KEEP_ALIVE_TIMEOUT = 2 * REQUEST_TIMEOUT;
/** Milliseconds for which a client may read nothing of a response. */
const READ_TIMEOUT = 30_000;

const TIMEOUT_RESPONSE = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * Closes the connection of a client that sends its request too slowly, or reads nothing of the response. Long responses
 * are not limited. Node checks its own limits by a timer of the server, which would run every second in an idle
 * process: here only a connection has a timer.
 */
export function enforceRequestTimeouts(server: Server): void {
  const timers = new WeakMap<Socket, NodeJS.Timeout>();
  const stop = (socket: Socket) => clearTimeout(timers.get(socket));
  const wait = (socket: Socket, ms: number, onTimeout: () => void) => {
    stop(socket);
    if (!socket.destroyed) timers.set(socket, setTimeout(onTimeout, ms).unref());
  };
  const refuse = (socket: Socket) => {
    socket.end(TIMEOUT_RESPONSE, () => socket.destroy());
    wait(socket, REQUEST_TIMEOUT, () => socket.destroy());
  };
  /** Checks in each interval whether the client read something of the response. */
  const watch = (socket: Socket, before: number | null) => {
    const taken = socket.writableLength > 0 ? bytesTaken(socket) : null;
    if (taken !== null && taken === before) socket.destroy();
    else wait(socket, READ_TIMEOUT, () => watch(socket, taken));
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

/** Bytes that the client has received. */
const bytesTaken = (socket: Socket): number => socket.bytesWritten - socket.writableLength;
