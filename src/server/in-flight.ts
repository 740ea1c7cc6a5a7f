import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Bytes that the parser gets at once: room for some twenty requests, not for the 2,500 of a whole read. */
const SLICE = 512;

/** Which request of a connection is being answered. */
export interface InFlight {
  /** Notes a request; `false`: the one before is not answered yet, and the connection is closed. */
  begin(incoming: IncomingMessage, outgoing: ServerResponse): boolean;
  /** Whether nothing can happen before the client sends or reads something. */
  waitsForClient(socket: Socket): boolean;
}

/**
 * Allows one request at a time on each connection. A client that sends the next one before it has its answer is cut
 * off: browsers, curl, the kubelet and Prometheus never do (RFC 9112, section 9.3.2, lets a server close).
 *
 * The parser would make objects of all requests in 64 KiB, before the first of them is answered: 4 MB and 70 ms of
 * CPU time each. So it gets what was read in slices, and none after a request that came too soon.
 */
export function limitInFlight(server: Server): InFlight {
  const requests = new WeakMap<Socket, IncomingMessage>();
  server.on('connection', (socket: Socket) => {
    const [parse] = socket.listeners('data');
    if (parse === undefined) return;
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => {
      for (let from = 0; from < chunk.length && !socket.destroyed; from += SLICE) {
        // Node's listener throws on a paused socket. Node pauses one whose client reads too little of its answers.
        if (socket.isPaused()) return socket.destroy();
        Reflect.apply(parse, socket, [chunk.subarray(from, from + SLICE)]);
      }
      return undefined;
    });
  });
  // Else Node would answer these by itself, any number at once: with an `Expect` that it does not know, and after the
  // last request that a connection may have. An answer to that one says that it was the last.
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
