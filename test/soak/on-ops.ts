/** Attacks on the operations port. */
import type { Socket } from 'node:net';
import { count, countStatus, createRequestSender, keepOpen, requestText } from './connections.ts';
import type { Attacker, Counts } from './connections.ts';

export interface OpsTarget {
  opsPort: number;
  /** The token, which some attackers have. */
  opsToken: string;
}

const SECOND = 1000;

/** Starts all of them; they go on until the process or thread ends. */
export function attackOps({ opsPort: port, opsToken: token }: OpsTarget, counts: Counts): void {
  const attacker = (name: string, host: number): Attacker => ({
    name,
    port,
    from: `127.0.0.${host}`,
    counts,
  });
  keepOpen({ ...attacker('idle', 2), size: 1100, pause: 5 * SECOND });
  for (let host = 20; host < 30; host += 1) keepOpen({ ...attacker('idle from others', host), size: 20 });
  keepOpen({ ...attacker('headers byte by byte', 3), size: 50, act: drip });
  for (const host of [4, 5]) pipeline(attacker('/metrics', host), 17_000);
  readNothing(attacker('unread streams', 6), token, 40);
  readSlowly(attacker('slow /status', 7), token, 40);
  guess(attacker('wrong OPS_TOKEN', 8));
}

/** One header that never ends. */
function drip(socket: Socket): void {
  socket.write('GET /livez HTTP/1.1\r\nX: ');
  const timer = setInterval(() => socket.write('x'), SECOND);
  socket.once('close', () => clearInterval(timer));
}

/** The start of each answer in a pipeline. */
const ANSWER = Buffer.from('HTTP/1.1 ');

/** Sends requests at so many bytes a second, at most a second's worth of them ahead of the answers. */
function pipeline(attacker: Attacker, bytesPerSecond: number): void {
  const request = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';
  const perTick = Math.ceil(bytesPerSecond / 10 / request.length);
  const batch = request.repeat(perTick);
  const act = (socket: Socket) => {
    let unanswered = 0;
    let end = Buffer.alloc(0);
    const timer = setInterval(() => {
      if (unanswered >= 10 * perTick) return;
      socket.write(batch);
      unanswered += perTick;
      count(attacker.counts, `${attacker.name}: requests`, perTick);
    }, SECOND / 10);
    socket.once('close', () => clearInterval(timer));
    socket.on('data', (data: Buffer) => {
      count(attacker.counts, `${attacker.name}: bytes read`, data.length);
      // An answer's start can be split over two pieces.
      const text = Buffer.concat([end, data]);
      unanswered -= countIn(text, ANSWER);
      end = text.subarray(Math.max(0, text.length - ANSWER.length + 1));
    });
  };
  keepOpen({ ...attacker, size: 1, act, pause: SECOND / 10 });
}

function countIn(data: Buffer, what: Buffer): number {
  let times = 0;
  for (let at = data.indexOf(what); at >= 0; at = data.indexOf(what, at + what.length)) times += 1;
  return times;
}

/** Opens streams and reads no more than their first bytes; each is reopened after a minute. */
function readNothing(attacker: Attacker, token: string, size: number): void {
  const act = (socket: Socket) => {
    countStatus(socket, attacker);
    socket.once('data', () => socket.pause());
    socket.write(requestText('/events', { token }));
    const timer = setTimeout(() => socket.destroy(), 60 * SECOND);
    socket.once('close', () => clearTimeout(timer));
  };
  keepOpen({ ...attacker, size, act });
}

/** Requests `/status` repeatedly, and reads one piece of it five times a second. */
function readSlowly(attacker: Attacker, token: string, size: number): void {
  const act = (socket: Socket) => {
    countStatus(socket, attacker);
    socket.on('data', () => {
      socket.pause();
      setTimeout(() => socket.resume(), SECOND / 5);
    });
    socket.write(requestText('/status', { token }));
  };
  keepOpen({ ...attacker, size, act, pause: SECOND / 5 });
}

/** At most ten wrong tokens a second, as a script and as the page's form. */
function guess(attacker: Attacker): void {
  const sender = createRequestSender(attacker, 10);
  setInterval(() => {
    sender.send(requestText('/status', { token: Math.random().toString(36) }));
    sender.send(requestText('/login', { method: 'POST', body: `token=${Math.random()}` }));
  }, SECOND / 5);
}
