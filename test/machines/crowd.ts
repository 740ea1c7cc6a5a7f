/** Many sidecars' outboxes behind one address, on one ntfy with its limits, in simulated time. */
import { fromPromise, SimulatedClock } from 'xstate';
import { outboxMachine } from '../../machines/outbox/machine.ts';
import type { OutboxReport, Publication } from '../../machines/outbox/machine.ts';
import type { Failure, Form, Hash, Notification, RequestedNotification } from '../../machines/domain.ts';
import { createBucket } from '../../src/simulator/ntfy/limiter.ts';
import { mulberry32 } from '../mulberry32.ts';
import { completionOf, hashOf, HOUR, ok, policy, progressOf, SECOND } from './fixtures.ts';
import { later, pass, startChild } from './harness.ts';
import { cardDeleteOf } from './publishing.ts';

/** A message that reached ntfy, taken or not. */
export interface Attempt {
  sender: number;
  at: number;
  kind: Notification['kind'];
  key: Hash;
  accepted: boolean;
}

/** Senders that download all the time: as soon as one torrent is complete, the next one begins. */
export interface CrowdOptions {
  senders: number;
  /** Torrents that each has at once. Default: 1. */
  torrents?: number;
  /** How long a torrent takes: on average, from half to one and a half of it. */
  length: number;
  /** Messages a day. Default: ntfy's, 17,280. */
  daily?: number;
  /** All begin at once and take equally long, as after a node was drained. Default: false. */
  inStep?: boolean;
}

interface Download {
  key: Hash;
  sender: number;
  from: number;
  length: number;
  percent: number;
}

/** ntfy's own limits: 60 at once, then one per 5 s. */
const [BURST, REPLENISH] = [60, 5 * SECOND];

export function startCrowd({ senders, torrents = 1, length, daily = 17_280, inStep = false }: CrowdOptions) {
  const random = mulberry32(1);
  Math.random = mulberry32(2);
  const clock = new SimulatedClock();
  const bucket = createBucket(BURST, REPLENISH, () => clock.now());
  const attempts: Attempt[] = [];
  const completedAt = new Map<Hash, number>();
  const day = { number: 0, left: daily };
  let made = 0;

  function judge(): Failure['kind'] | null {
    const today = Math.floor(clock.now() / (24 * HOUR));
    if (today !== day.number) Object.assign(day, { number: today, left: daily });
    if (!bucket.take()) return 'limited';
    if (day.left <= 0) return 'exhausted';
    day.left -= 1;
    return null;
  }

  async function publish(sender: number, { kind, key }: Notification): Promise<Publication> {
    await later(clock, 20, null);
    const refusal = judge();
    attempts.push({ sender, at: clock.now(), kind, key, accepted: refusal === null });
    await later(clock, 20, null);
    return refusal === null
      ? ok({ live: true })
      : { ok: false, failure: { kind: refusal, message: refusal } };
  }

  const outboxes = Array.from({ length: senders }, (_, sender) => {
    const machine = outboxMachine.provide({
      actors: {
        publish: fromPromise(({ input }: { input: { notification: Notification; form: Form } }) =>
          publish(sender, input.notification),
        ),
        allowance: fromPromise(() => later(clock, 20, null).then(() => ({ daily, left: day.left }))),
      },
    });
    const input = {
      policy: { ...policy, rate: 'auto' as const },
      now: () => clock.now(),
      findTorrent: () => undefined,
    };
    return startChild<OutboxReport, typeof outboxMachine>(machine, input, { clock });
  });
  const tell = (sender: number, notification: RequestedNotification) =>
    outboxes[sender]?.actor.send({ type: 'notification.publish', notification });

  function begin(sender: number): Download {
    made += 1;
    const own = inStep ? length : length * (0.5 + random());
    return { key: hashOf(made), sender, from: clock.now(), length: own, percent: -1 };
  }
  const downloads = Array.from({ length: senders * torrents }, (_, n) => {
    const download = begin(n % senders);
    return inStep ? download : { ...download, from: -download.length * random() };
  });

  function move(download: Download): Download {
    const { key, sender, from, length: own, percent } = download;
    const now = Math.floor(((clock.now() - from) / own) * 100);
    if (now >= 100) {
      completedAt.set(key, clock.now());
      tell(sender, completionOf(key));
      return begin(sender);
    }
    if (now > percent) tell(sender, progressOf(key, now));
    return { ...download, percent: now };
  }

  /** As the torrents do once their completion was taken. */
  function tidy(): void {
    for (const [sender, { news }] of outboxes.entries()) {
      for (const report of news()) {
        if (report.type !== 'notification.settled' || report.notification.kind !== 'completion') continue;
        tell(sender, cardDeleteOf(report.notification.key));
      }
    }
  }

  return {
    clock,
    attempts,
    completedAt,
    left: () => day.left,
    /** Lets the senders download and tell; those of `only` if it is given. */
    async run(ms: number, only: (sender: number) => boolean = () => true): Promise<void> {
      for (const end = clock.now() + ms; clock.now() < end;) {
        for (const [n, download] of downloads.entries()) {
          if (only(download.sender)) downloads[n] = move(download);
        }
        await pass(clock, 5 * SECOND);
        tidy();
      }
    },
  };
}

/** How many of these each sender made. */
export const countBySender = (attempts: readonly Attempt[], senders: number): number[] =>
  Array.from({ length: senders }, (_, n) => attempts.filter(({ sender }) => sender === n).length);

/** What came of a crowd's messages from a moment on. */
export function resultOf({ attempts, completedAt }: ReturnType<typeof startCrowd>, from = 0) {
  const since = attempts.filter(({ at }) => at >= from);
  const when = (wanted: Attempt['kind']) =>
    new Map(
      attempts.filter(({ kind, accepted }) => accepted && kind === wanted).map(({ key, at }) => [key, at]),
    );
  const [told, gone] = [when('completion'), when('card-delete')];
  return {
    accepted: since.filter(({ accepted }) => accepted),
    refused: since.filter(({ accepted }) => !accepted),
    /** Milliseconds that each completion waited, in ascending order; `Infinity` for one that still does. */
    waits: [...completedAt]
      .filter(([, at]) => at >= from)
      .map(([key, at]) => (told.get(key) ?? Infinity) - at)
      .toSorted((a, b) => a - b),
    /** How long progress cards stayed beside their completions: those that are gone. */
    stays: [...gone]
      .filter(([, at]) => at >= from)
      .map(([key, at]) => at - (told.get(key) ?? at))
      .toSorted((a, b) => a - b),
  };
}
