/** Attacks on the hook port. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { count, createRequestSender, keepOpen, requestText } from './connections.ts';
import type { Attacker, Counts, RequestOptions } from './connections.ts';

export interface HookTarget {
  hookPort: number;
  /** The token, which some attackers have. */
  hookToken: string;
}

const SECOND = 1000;

/** Requests that must have no effect. */
type Junk = (token: string) => [path: string, options: RequestOptions];

const randomHash = (): string => randomBytes(20).toString('hex');

const REFUSED: readonly Junk[] = [
  () => [`/track?hash=${randomHash()}`, {}],
  () => [`/track?hash=${randomHash()}`, { token: randomHash() }],
  () => [`/finished?hash=${randomHash()}`, { token: randomHash() }],
];

const MALFORMED: readonly Junk[] = [
  (token) => ['/track', { token }],
  (token) => ['/track?hash=nonsense', { token }],
  (token) => [`/track?hash=${'0'.repeat(400)}`, { token }],
  (token) => [`/track?hash=${'0'.repeat(4000)}`, { token }],
  (token) => [`/track?hash=${randomHash()}&hash=${randomHash()}`, { token }],
  (token) => [`/finished?hash=%00${randomHash()}`, { token }],
  (token) => ['/track?hash=../../etc/passwd', { token }],
  (token) => [`/track?hash=${randomHash()}`, { token, headers: ['Origin: http://evil.example'] }],
  (token) => [`/track?hash=${randomHash()}`, { token, body: 'x'.repeat(100_000) }],
];

/** Hashes of torrents that do not exist, which a client with the token can have tracked until they are missed. */
export interface FakeOptions {
  /** The number of simultaneous hashes. */
  batch: number;
  /** Milliseconds between the last answer of a batch and the next batch. */
  pause: number;
}

export interface HookAttackOptions {
  fakes: FakeOptions;
  /** Whether some wrong tokens come from the address of qBittorrent. */
  fromLoopback: boolean;
}

/** Starts all of them; they run until the process or thread ends. */
export function attackHook(
  { hookPort: port, hookToken: token, fakes, fromLoopback }: HookTarget & HookAttackOptions,
  counts: Counts,
): void {
  const attacker = (name: string, host: number): Attacker => ({
    name,
    port,
    from: `127.0.0.${host}`,
    counts,
  });
  keepOpen({ ...attacker('idle on the hook port', 2), size: 200 });
  repeat(attacker('hooks without the token', 9), token, REFUSED);
  repeat(attacker('malformed hooks', 10), token, MALFORMED);
  if (fromLoopback)
    repeat(attacker("hooks without the token from qBittorrent's address", 1), token, REFUSED, 1);
  void trackFakes(attacker('hooks of unknown torrents', 11), token, fakes);
}

/** At most this many a second, each in turn. */
function repeat(attacker: Attacker, token: string, junk: readonly Junk[], rate = 25): void {
  const sender = createRequestSender(attacker, rate);
  let next = 0;
  setInterval(() => {
    const make = junk[next % junk.length];
    if (make === undefined) return;
    const [path, options] = make(token);
    if (sender.send(requestText(path, { method: 'POST', ...options }))) next += 1;
  }, SECOND / rate);
}

/** As many as a real qBittorrent sends when torrents are added at once. */
const HOOKS_PER_SECOND = 225;
/** Milliseconds. */
const TICK = 20;

/** They share their first digits. Each hook that was not sent because of unanswered ones is sent later. */
async function trackFakes(attacker: Attacker, token: string, { batch, pause }: FakeOptions): Promise<never> {
  const sender = createRequestSender(attacker, HOOKS_PER_SECOND / 2);
  for (;;) {
    const from = performance.now();
    for (let sent = 0; sent < batch; await sleep(TICK)) {
      const due = Math.min(batch, ((performance.now() - from) * HOOKS_PER_SECOND) / SECOND);
      for (; sent < due && sender.send(trackText(token)); sent += 1)
        count(attacker.counts, `${attacker.name}: sent`);
    }
    while (sender.unanswered > 0) await sleep(TICK);
    await sleep(pause);
  }
}

const trackText = (token: string): string =>
  requestText(`/track?hash=00${randomHash().slice(2)}`, { method: 'POST', token });
