/** An embedded ntfy: publishing, sequence IDs, limits and streams, with a simulated phone. */
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
  /** `legacy` (before 2.16) has no sequence IDs. Default `current`. */
  generation?: NtfyGeneration;
  /** Default 0: a free one. */
  port?: number;
  /** Size of the request bucket. Default 60, as in ntfy. */
  burst?: number;
  /** Milliseconds until the bucket gets one more request. Default 5000. */
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
  /** All events in the order in which they were published. */
  messages: NtfyEvent[];
  /** The phone's cards of a topic (default: of all topics): one per sequence ID, without deleted ones. */
  cards: (topic?: string) => Card[];
  /** The messages that made a sound. */
  sounds: NtfyEvent[];
  /** The user dismisses a card. */
  dismiss: (topic: string, sequence: string) => void;
  /** Calls `listener` with each new event; returns a function that ends it. */
  subscribe: (listener: Listener) => () => void;
  requests: LoggedRequest[];
  fail: Fail;
  /** Refuses connections; published events stay cached. */
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
 * ntfy.cards('downloads'); // the cards on the phone
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
    sounds: phone.sounds,
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
