import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Bytes that are passed to the parser in one call: about twenty requests instead of the 2,500 in a whole read. */
const SLICE_BYTES = 512;

/** The request of each connection that is being answered. */
export interface InFlight {
  /** Registers a request; `false`: the previous one is not answered yet, and the connection was closed. */
  begin(incoming: IncomingMessage, outgoing: ServerResponse): boolean;
  /** Whether the connection is idle until its client sends or reads something. */
  waitsForClient(socket: Socket): boolean;
}

/**
 * Allows one request at a time on each connection. The connection of a client that pipelines requests is closed:
 * browsers, curl, the kubelet and Prometheus never do (RFC 9112, section 9.3.2, allows closing it).
 *
 * The parser would create objects for all requests in 64 KiB before the first of them is answered: 4 MB and 70 ms of
 * CPU time for each read. So it receives slices, and none after a pipelined request.
 */
export function limitInFlight(server: Server): InFlight {
  const requests = new WeakMap<Socket, IncomingMessage>();
  server.on('connection', (socket: Socket) => {
    const [parse] = socket.listeners('data');
    if (parse === undefined) return;
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => {
      for (let from = 0; from < chunk.length && !socket.destroyed; from += SLICE_BYTES) {
        // Node's listener throws on a paused socket. Node pauses one whose client reads too little of its responses.
        if (socket.isPaused()) return socket.destroy();
        Reflect.apply(parse, socket, [chunk.subarray(from, from + SLICE_BYTES)]);
      }
      return undefined;
    });
  });
  // Node would answer these itself, any number at once: requests with an unknown `Expect`, and those after the last
  // request that is allowed on a connection.
  server.on('checkExpectation', ({ socket }: IncomingMessage) => socket.destroy());
  server.on('dropRequest', (_, socket: Socket) => socket.destroy());
  return {
    begin(incoming, outgoing) {
      const { socket } = incoming;
      if (requests.has(socket)) {
        socket.destroy();
        return false;
      }
      requests.set(socket, incoming);
      const end = () => {
        if (requests.get(socket) === incoming) requests.delete(socket);
      };
      outgoing.once('finish', end);
      outgoing.once('close', end);
      return true;
    },
    waitsForClient(socket) {
      const incoming = requests.get(socket);
      return incoming === undefined || !incoming.complete || socket.writableLength > 0;
    },
  };
}
