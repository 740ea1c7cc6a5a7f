/** The actor of one torrent, with what it sends to the other actors. */
import { createActor, fromCallback, SimulatedClock } from 'xstate';
import type { EventObject } from 'xstate';
import { createIds } from '../../machines/notification-ids.ts';
import type { OutboxEvent } from '../../machines/outbox/machine.ts';
import { NO_RULES } from '../../machines/routing/rules.ts';
import type { Rules } from '../../machines/routing/rules.ts';
import { createRecord } from '../../machines/torrent/record.ts';
import { torrentMachine } from '../../machines/torrent/machine.ts';
import type { TorrentReport } from '../../machines/torrent/types.ts';
import { DEFAULT_COMPLETION } from '../../machines/domain.ts';
import type {
  Notification,
  Observation,
  RequestedNotification,
  TorrentRecord,
} from '../../machines/domain.ts';
import type { Policy } from '../../machines/policy.ts';
import { createTestBoard, hashOf, OWN_CARDS, policy, SECOND, seen } from './fixtures.ts';
import { startChild } from './harness.ts';

export const key = hashOf(1);

/** A notification whose settlement the torrent waits for. */
type AwaitedNotification = RequestedNotification<
  Extract<Notification, { kind: 'progress' | 'completion' | 'card-delete' }>
>;
const isAwaited = (notification: RequestedNotification): notification is AwaitedNotification =>
  ['progress', 'completion', 'card-delete'].includes(notification.kind);

interface Options {
  record?: Partial<TorrentRecord>;
  policy?: Partial<Policy>;
  rules?: Rules;
}

/** Starts a torrent's actor; each observation is 5 s after the one before. */
export function startTorrent(options: Options = {}) {
  const initial = { ...createRecord(key, 0), ...options.record };
  const clock = new SimulatedClock();
  const saved: TorrentRecord[] = [];
  const polls: EventObject[] = [];
  /** The events that it sent to the supervisor and to the outbox. */
  const sent: (TorrentReport | OutboxEvent)[] = [];
  const record = (event: EventObject) => void sent.push(event as TorrentReport | OutboxEvent);
  const child = startChild<TorrentReport, typeof torrentMachine>(
    torrentMachine,
    {
      record: initial,
      policy: { ...policy, ...options.policy },
      deps: {
        now: () => clock.now(),
        nextId: createIds(),
        save: (changed) => void saved.push(changed),
        supervisor: createActor(fromCallback(({ receive }) => receive(record))).start(),
        rules: options.rules ?? NO_RULES,
        cards: OWN_CARDS,
        summary: createTestBoard(options.policy, () => clock.now()),
        remote: null,
      },
      ready: false,
    },
    { clock, services: { outbox: record, watcher: (event) => void polls.push(event) } },
  );
  let at = 0;
  let downloaded = 500_000;
  let last: AwaitedNotification | null = null;
  const { actor } = child;
  const requested = () =>
    sent.flatMap((event) =>
      'notification' in event && isAwaited(event.notification) ? [event.notification] : [],
    );
  return {
    ...child,
    sent,
    saved,
    /** The events that it sent to the watcher. */
    polls,
    /** The path of its state: `polling.downloading`. */
    state: () => pathOf(actor.getSnapshot().value),
    /** The awaited notifications that it requested. */
    requested,
    /** Those since the last call. */
    newlyRequested: () => {
      const all = requested();
      const fresh = all.slice(last === null ? 0 : all.indexOf(last) + 1);
      last = all.at(-1) ?? last;
      return fresh;
    },
    finishedEvents: () => sent.filter((event) => event.type === 'torrent.finished'),
    session: (state: 'ready' | 'lost') => actor.send({ type: `session.${state}` }),
    /** While it is downloading, it receives data, and its ETA is unknown. */
    observe: (over: Partial<Observation> = {}, completion = DEFAULT_COMPLETION) => {
      at += 5 * SECOND;
      const isDownloading = (over.phase ?? 'downloading') === 'downloading';
      if (isDownloading) downloaded += 1000;
      const observation = seen({ hash: key, downloaded, ...(isDownloading ? { eta: null } : {}), ...over });
      actor.send({ type: 'torrent.observed', observation, at, askedAt: at, completion, complete: 1 });
    },
    /** qBittorrent calls the finish hook, after all observations. */
    finish: () => actor.send({ type: 'finishHook.received', at: at + 1 }),
    miss: () => actor.send({ type: 'torrent.missed' }),
    /** ntfy accepts a notification; by default the newest. */
    accept: (notification = requested().at(-1)) => {
      if (notification === undefined) throw new Error('it has requested no notification');
      // A copy: replies refer to the ID.
      actor.send({ type: 'notification.settled', notification: { ...notification }, outcome: 'accepted' });
    },
  };
}

function pathOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value ?? {})
    .map(([state, inner]) => `${state}.${pathOf(inner)}`)
    .join(' ');
}

/** A torrent whose card shows 50 %. */
export function startWithCard(options: Options = {}) {
  const torrent = startTorrent(options);
  torrent.session('ready');
  torrent.observe({ progress: 0.5 });
  torrent.accept();
  torrent.newlyRequested();
  return torrent;
}
