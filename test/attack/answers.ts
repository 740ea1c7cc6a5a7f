/** Hostile answers: of something in place of ntfy to the sidecar's stream, and of something in place of qBittorrent. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ChaosProxy } from '../chaos/proxy.ts';
import { sleep, until } from '../servers/wait.ts';

/** Milliseconds until a stream that has no end is reset. */
const STREAM_TIME = 500;

const head = (status: number, ...headers: string[]): string =>
  `${[`HTTP/1.1 ${status} Whatever`, ...headers].join('\r\n')}\r\n\r\n`;

const now = (): number => Math.floor(Date.now() / 1000);

const line = (fields: Record<string, unknown>): string =>
  `${JSON.stringify({ id: 'abcdefghijkl', time: now(), expires: now() + 1000, event: 'message', topic: 'x', ...fields })}\n`;

const open = (): string => line({ event: 'open' });

/** Writes to the connection as fast as the other side reads, until it is closed. */
function pump(socket: Socket, start: string, text: string): void {
  const block = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
  const write = () => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', write).write(start);
  write();
}

/** @param command a valid one, whose press must have no effect */
const streams = (command: string): Array<(socket: Socket) => void> => [
  (socket) => pump(socket, head(200, 'Content-Type: text/html'), '<p>Login</p>'),
  (socket) => pump(socket, head(200) + open(), 'x'),
  (socket) => pump(socket, head(200) + open(), '\n'),
  (socket) => pump(socket, head(200) + open(), line({ event: 'keepalive' })),
  (socket) => pump(socket, head(200) + open(), `{"event":"open","x":${'['.repeat(1900)}\n`),
  (socket) => pump(socket, 'HTTP/1.1 200 OK\r\n', 'X-Y: aaaaaaaaaaaaaaaa\r\n'),
  (socket) => {
    const body = Buffer.concat([Buffer.from(open()), Buffer.alloc(64_000_000, 'x')]);
    socket.write(head(200, 'Content-Encoding: gzip'));
    socket.write(gzipSync(body));
  },
  (socket) => {
    const times = [0, -1, 1e308, -1e308, 0.5, '5', null, 2 ** 53, now() - 601, now() - 1e6];
    const lines = times.map((time) => line({ time, message: command }));
    // The time of the server is the latest one: after this, nothing is recent.
    socket.write(head(200) + open() + lines.join('') + line({ time: now() + 1e6, message: 'v1.x' }));
    socket.write(line({ message: command }));
  },
  (socket) => socket.end(head(200) + open()),
  (socket) => socket.end(head(302, 'Location: http://127.0.0.1:9/', 'Content-Length: 0')),
  (socket) => socket.resetAndDestroy(),
];

/** The sidecar's streams get these answers in turn; resolves when it has received the last one. */
export async function hostileStreams(proxy: ChaosProxy, command: string): Promise<void> {
  const left = streams(command);
  proxy.replacementFor = ({ path }) => {
    if (!/\/json\?since=/.test(path)) return null;
    const attack = left.shift();
    if (attack === undefined) return null;
    return {
      after: false,
      answer({ socket }: ServerResponse) {
        if (socket === null) return;
        // It is expected that the client disconnects.
        socket.on('error', () => {});
        attack(socket);
        void sleep(STREAM_TIME, undefined, { ref: false }).then(() => socket.resetAndDestroy());
      },
    };
  };
  await proxy.down();
  await proxy.up();
  await until('all hostile streams', () => left.length === 0);
  await sleep(STREAM_TIME);
  proxy.replacementFor = () => null;
}

const answer =
  (status: number, body: string) =>
  (outgoing: ServerResponse): void =>
    void outgoing.writeHead(status, { 'content-type': 'text/html' }).end(body);

/** Of which none means that a torrent was paused. */
export const hostileAnswers: Readonly<Record<string, (outgoing: ServerResponse) => void>> = {
  '404 to both names': answer(404, 'Not Found'),
  'a login page': answer(200, '<html>Login</html>'),
  '403 always': answer(403, 'Forbidden'),
  'an endless page': ({ socket }) => {
    socket?.on('error', () => {});
    if (socket) pump(socket, head(200), '<p>');
  },
  'no answer': (outgoing) => void outgoing.destroy(),
};
