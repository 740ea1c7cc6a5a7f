/** Hostile answers to an HTTP client. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Journal } from '../chaos/journal.ts';
import type { ChaosProxy, Replacement } from '../chaos/proxy.ts';
import type { Random } from '../chaos/random.ts';

/** Writes to the connection instead of an HTTP server. `status`: of the answer, if it has one. */
type Attack = (socket: Socket, status: number) => void;

const MEGABYTE = 1_048_576;
const zeros = Buffer.alloc(64 * MEGABYTE);
const bombs = { gzip: gzipSync(zeros), br: brotliCompressSync(zeros) };
const block = Buffer.alloc(MEGABYTE / 16, ' ');

const head = (status: number, ...headers: string[]): string =>
  `${[`HTTP/1.1 ${status} Whatever`, ...headers].join('\r\n')}\r\n\r\n`;
const length = (bytes: number) => `Content-Length: ${bytes}`;

/** Calls `write` now and then at this interval in milliseconds, until the connection is closed. */
function repeat(socket: Socket, ms: number, write: () => void): void {
  write();
  const timer = setInterval(write, ms);
  socket.once('close', () => clearInterval(timer));
}

function sendBomb(socket: Socket, status: number, encoding: keyof typeof bombs): void {
  const body = bombs[encoding];
  socket.write(head(status, `Content-Encoding: ${encoding}`, length(body.length)));
  socket.write(body);
}

/** Writes to the connection as fast as the other side reads, until it is closed. */
function flood(socket: Socket, start: string): void {
  const write = () => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', write).write(start);
  write();
}

const ATTACKS: Record<string, Attack> = {
  '101 Switching Protocols': (socket) => socket.write(head(101, 'Connection: Upgrade', 'Upgrade: websocket')),
  'closed before the headers': (socket) => socket.destroy(),
  'reset before the headers': (socket) => socket.resetAndDestroy(),
  'closed within the headers': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Type: appl'),
  'closed within the body': (socket, status) => socket.end(`${head(status, length(1000))}[{"hash":`),
  silence: () => {},
  'silence within the body': (socket, status) => socket.write(`${head(status, length(1000))}[{"hash":`),
  'an HTML page': (socket) => socket.end(`${head(502, 'Content-Type: text/html')}<html>Bad Gateway</html>`),
  garbage: (socket) =>
    socket.end(Buffer.from('\u0016\u0003\u0001\u0002\0\r\n\r\n\u00ff'.repeat(100), 'latin1')),
  'a status that does not exist': (socket) => socket.end(head(999, length(0))),
  'a redirect': (socket) => socket.end(head(302, 'Location: http://127.0.0.1:9/', length(0))),
  'endless early hints': (socket) => repeat(socket, 50, () => socket.write(head(103, 'Link: </a>'))),
  'endless headers': (socket) => flood(socket, 'HTTP/1.1 200 OK\r\nX: '),
  'an endless body': (socket, status) => flood(socket, head(status, 'Content-Type: application/json')),
  'a body byte by byte': (socket, status) => {
    socket.write(head(status, length(1_000_000)));
    repeat(socket, 100, () => socket.write(' '));
  },
  'a gzip bomb': (socket, status) => sendBomb(socket, status, 'gzip'),
  'a Brotli bomb': (socket, status) => sendBomb(socket, status, 'br'),
  'deeply nested JSON': (socket, status) =>
    socket.end(`${head(status, 'Content-Type: application/json')}${'['.repeat(50_000)}`),
};

export const ATTACK_NAMES = Object.keys(ATTACKS);

export interface HostileOptions {
  /** Its name in the journal. */
  server: string;
  /** The share of hostile answers. */
  share: number;
  /** The index of the first attack; the kinds take turns. */
  first: number;
  random: Random;
  journal: Journal;
  /**
   * Whether a status of 2xx means that the server processed the request, so that only a server which did may
   * send one.
   */
  statusCounts: boolean;
}

/** A share of the server's answers is hostile, each kind in turn, until the returned function is called. */
export function sendHostileAnswers(proxy: ChaosProxy, options: HostileOptions): () => void {
  const { random, share, server, journal, first } = options;
  const drawGap = () => Math.round(random.between(0.5, 2 / share - 0.5));
  let left = drawGap();
  let next = first;
  const sockets = new Set<Socket>();
  proxy.replacementFor = (request) => {
    left -= 1;
    if (left > 0) return null;
    left = drawGap();
    const name = ATTACK_NAMES[next++ % ATTACK_NAMES.length] ?? '';
    const replacement = createReplacement(name, options, sockets);
    const when = replacement.after ? 'after the server processed it' : 'instead of the server';
    journal.note(`${server}: ${name}`, `${when}: ${request.method} ${request.path}`);
    return replacement;
  };
  return () => {
    proxy.replacementFor = () => null;
    // Some hostile answers would last for minutes.
    for (const socket of sockets) socket.destroy();
  };
}

function createReplacement(
  name: string,
  { random, statusCounts }: HostileOptions,
  sockets: Set<Socket>,
): Replacement {
  const after = random.chance(0.5);
  const status = after || !statusCounts ? 200 : 503;
  return {
    after,
    answer({ socket }: ServerResponse) {
      if (socket === null) return;
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      // It is expected that the client disconnects.
      socket.on('error', () => {});
      ATTACKS[name]?.(socket, status);
    },
  };
}
