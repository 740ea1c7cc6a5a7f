/** The outboxes of many sidecars with one address, and one ntfy with its limits, in simulated time. */
import { fromPromise, SimulatedClock } from 'xstate';
import { outboxMachine } from '../../machines/outbox/machine.ts';
import type { OutboxReport, Publication } from '../../machines/outbox/machine.ts';
import type { Failure, Form, Hash, Notification, RequestedNotification } from '../../machines/domain.ts';
import { createBucket } from '../../src/simulator/ntfy/limiter.ts';
import { mulberry32 } from '../mulberry32.ts';
import { completionOf, hashOf, HOUR, ok, policy, progressOf, SECOND } from './fixtures.ts';
import { later, pass, startChild } from './harness.ts';
import { cardDeleteOf } from './outbox-harness.ts';

/** A message that reached ntfy, accepted or not. */
export interface Attempt {
  sender: number;
  at: number;
  kind: Notification['kind'];
  key: Hash;
  accepted: boolean;
}

/** Senders that always download: as soon as one torrent is complete, the next one starts. */
export interface OutboxesOptions {
  senders: number;
  /** Simultaneous torrents of each sender. Default: 1. */
  torrents?: number;
  /** The average duration of a download in milliseconds; each takes 50 to 150 % of it. */
  length: number;
  /** Messages a day. Default: ntfy's, 17,280. */
  daily?: number;
  /** Whether all start at the same time and take equally long, as after a node was drained. Default: false. */
  simultaneous?: boolean;
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

export function startOutboxes({
  senders,
  torrents = 1,
  length,
  daily = 17_280,
  simultaneous = false,
}: OutboxesOptions) {
  const random = mulberry32(1);
  Math.random = mulberry32(2);
  const clock = new SimulatedClock();
  const bucket = createBucket(BURST, REPLENISH, () => clock.now());
  const attempts: Attempt[] = [];
  const completedAt = new Map<Hash, number>();
  const day = { number: 0, left: daily };
  let created = 0;

  function refuse(): Failure['kind'] | null {
    const today = Math.floor(clock.now() / (24 * HOUR));
    if (today !== day.number) Object.assign(day, { number: today, left: daily });
    if (!bucket.take()) return 'limited';
    if (day.left <= 0) return 'exhausted';
    day.left -= 1;
    return null;
  }

  async function publish(sender: number, { kind, key }: Notification): Promise<Publication> {
    await later(clock, 20, null);
    const refusal = refuse();
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
  const send = (sender: number, notification: RequestedNotification) =>
    outboxes[sender]?.actor.send({ type: 'notification.publish', notification });

  function startDownload(sender: number): Download {
    created += 1;
    const own = simultaneous ? length : length * (0.5 + random());
    return { key: hashOf(created), sender, from: clock.now(), length: own, percent: -1 };
  }
  const downloads = Array.from({ length: senders * torrents }, (_, n) => {
    const download = startDownload(n % senders);
    return simultaneous ? download : { ...download, from: -download.length * random() };
  });

  function advance(download: Download): Download {
    const { key, sender, from, length: own, percent } = download;
    const now = Math.floor(((clock.now() - from) / own) * 100);
    if (now >= 100) {
      completedAt.set(key, clock.now());
      send(sender, completionOf(key));
      return startDownload(sender);
    }
    if (now > percent) send(sender, progressOf(key, now));
    return { ...download, percent: now };
  }

  /** Requests the deletion of each progress card whose completion was accepted, as its torrent does. */
  function deleteCards(): void {
    for (const [sender, { newReports }] of outboxes.entries()) {
      for (const report of newReports()) {
        if (report.type !== 'notification.settled' || report.notification.kind !== 'completion') continue;
        send(sender, cardDeleteOf(report.notification.key));
      }
    }
  }

  return {
    clock,
    attempts,
    completedAt,
    left: () => day.left,
    /** Lets the senders download and publish; if `only` is given, those for which it returns `true`. */
    async run(ms: number, only: (sender: number) => boolean = () => true): Promise<void> {
      for (const end = clock.now() + ms; clock.now() < end;) {
        for (const [n, download] of downloads.entries()) {
          if (only(download.sender)) downloads[n] = advance(download);
        }
        await pass(clock, 5 * SECOND);
        deleteCards();
      }
    },
  };
}

/** The number of attempts of each sender. */
export const countBySender = (attempts: readonly Attempt[], senders: number): number[] =>
  Array.from({ length: senders }, (_, n) => attempts.filter(({ sender }) => sender === n).length);

/** The results of the messages from this time on. */
export function resultOf({ attempts, completedAt }: ReturnType<typeof startOutboxes>, from = 0) {
  const since = attempts.filter(({ at }) => at >= from);
  const acceptedAt = (expected: Attempt['kind']) =>
    new Map(
      attempts.filter(({ kind, accepted }) => accepted && kind === expected).map(({ key, at }) => [key, at]),
    );
  const [announcedAt, deletedAt] = [acceptedAt('completion'), acceptedAt('card-delete')];
  return {
    accepted: since.filter(({ accepted }) => accepted),
    refused: since.filter(({ accepted }) => !accepted),
    /** Milliseconds that each completion waited, in ascending order; `Infinity` for one that still waits. */
    waits: [...completedAt]
      .filter(([, at]) => at >= from)
      .map(([key, at]) => (announcedAt.get(key) ?? Infinity) - at)
      .toSorted((a, b) => a - b),
    /** Milliseconds from a completion to the deletion of its progress card, in ascending order. */
    deletionDelays: [...deletedAt]
      .filter(([, at]) => at >= from)
      .map(([key, at]) => at - (announcedAt.get(key) ?? at))
      .toSorted((a, b) => a - b),
  };
}
