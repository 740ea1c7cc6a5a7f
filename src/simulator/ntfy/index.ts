/** An embedded ntfy: publishing, sequences, limits and streams, and the phone at the other end. */
import { createRecorder } from '../faults.ts';
import type { Fail } from '../faults.ts';
import type { LoggedRequest } from '../request.ts';
import { createWire, listen } from '../wire.ts';
import { identify } from './auth.ts';
import type { Credentials } from './auth.ts';
import type { NtfyEvent } from './event.ts';
import { createBucket, createDailyQuota } from './limiter.ts';
import { createPhone } from './phone.ts';
import type { Card } from './phone.ts';
import type { NtfyGeneration } from './generation.ts';
import { allowOrigins, routes } from './routes.ts';
import { createStore } from './store.ts';
import type { Listener } from './store.ts';

export interface NtfyOptions extends Credentials {
  /** `legacy` (before 2.16) knows no sequences. Default `current`. */
  generation?: NtfyGeneration;
  /** Default 0: a free one. */
  port?: number;
  /** Requests at once. Default 60, as a server's own. */
  burst?: number;
  /** One more request each so many milliseconds. Default 5000. */
  replenishMs?: number;
  /** Messages a day, until 00:00 UTC. Default: a day's worth of `replenishMs` (17280). */
  dailyLimit?: number;
  /** Milliseconds. Default `Date.now`. */
  now?: () => number;
}

export interface NtfySimulator extends AsyncDisposable {
  url: string;
  port: number;
  generation: NtfyGeneration;
  /** All events in the order of their publishing. */
  messages: NtfyEvent[];
  /** What the phone shows of a topic (default: of all): one card per sequence, deleted ones gone. */
  cards: (topic?: string) => Card[];
  /** The messages that made a sound. */
  heard: NtfyEvent[];
  /** The user swipes a card away. */
  dismiss: (topic: string, sequence: string) => void;
  /** Calls `listener` with each event from now on; returns how to end that. */
  subscribe: (listener: Listener) => () => void;
  requests: LoggedRequest[];
  fail: Fail;
  /** Connections are refused; what was published stays. */
  goOffline: () => Promise<void>;
  goOnline: () => Promise<void>;
  stop: () => Promise<void>;
}

const DAY_MS = 86_400_000;

/**
 * Starts an embedded ntfy on loopback.
 *
 * @example
 * await using ntfy = await startNtfySimulator({ token: 'tk_example' });
 * ntfy.fail('/', { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' }, 2);
 * ntfy.cards('downloads'); // what the phone shows
 */
export async function startNtfySimulator(options: NtfyOptions = {}): Promise<NtfySimulator> {
  const generation = options.generation ?? 'current';
  const now = options.now ?? Date.now;
  const replenishMs = options.replenishMs ?? 5000;
  const recorder = createRecorder();
  const store = createStore(generation, now);
  const phone = createPhone();
  store.subscribe(phone.receive);
  const server = {
    generation,
    credentials: options,
    store,
    bucket: createBucket(options.burst ?? 60, replenishMs, now),
    quota: createDailyQuota(options.dailyLimit ?? Math.floor(DAY_MS / replenishMs), now),
    now,
  };
  const app = createWire(recorder, now).use(allowOrigins, identify(options, now)).route('/', routes(server));
  const listening = await listen(app, options.port ?? 0);
  return {
    url: listening.url,
    port: listening.port,
    generation,
    messages: store.events,
    cards: phone.cards,
    heard: phone.heard,
    dismiss: phone.dismiss,
    subscribe: store.subscribe,
    requests: recorder.requests,
    fail: recorder.fail,
    goOffline: listening.stop,
    goOnline: listening.resume,
    stop: listening.stop,
    [Symbol.asyncDispose]: listening.stop,
  };
}
