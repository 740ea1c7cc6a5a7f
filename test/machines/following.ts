/** One torrent's machine, and what it says. */
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
import { hashOf, policy, SECOND, seen } from './fixtures.ts';
import { startChild } from './harness.ts';

export const key = hashOf(1);

/** What it waits for an answer to. */
type News = RequestedNotification<Extract<Notification, { kind: 'progress' | 'completion' | 'card-delete' }>>;
const isNews = (notification: RequestedNotification): notification is News =>
  ['progress', 'completion', 'card-delete'].includes(notification.kind);

interface Options {
  record?: Partial<TorrentRecord>;
  policy?: Partial<Policy>;
  rules?: Rules;
}

/** A torrent's actor, seen every five seconds. */
export function startTorrent(options: Options = {}) {
  const record = { ...createRecord(key, 0), ...options.record };
  const clock = new SimulatedClock();
  const saved: TorrentRecord[] = [];
  const polls: EventObject[] = [];
  /** What it sent to the supervisor and to the outbox. */
  const heard: (TorrentReport | OutboxEvent)[] = [];
  const take = (event: EventObject) => void heard.push(event as TorrentReport | OutboxEvent);
  const child = startChild<TorrentReport, typeof torrentMachine>(
    torrentMachine,
    {
      record,
      policy: { ...policy, ...options.policy },
      deps: {
        now: () => clock.now(),
        nextId: createIds(),
        save: (record) => void saved.push(record),
        supervisor: createActor(fromCallback(({ receive }) => receive(take))).start(),
        rules: options.rules ?? NO_RULES,
      },
      ready: false,
    },
    { clock, services: { outbox: take, watcher: (event) => void polls.push(event) } },
  );
  let at = 0;
  let downloaded = 500_000;
  let last: News | null = null;
  const { actor } = child;
  const telling = () =>
    heard.flatMap((report) =>
      'notification' in report && isNews(report.notification) ? [report.notification] : [],
    );
  return {
    ...child,
    heard,
    saved,
    /** What it sent to the watcher. */
    polls,
    /** The outermost states, down to the one it is in: `polling.downloading`. */
    state: () => pathOf(actor.getSnapshot().value),
    telling,
    /** What it said since somebody asked last. */
    tells: () => {
      const all = telling();
      const fresh = all.slice(last === null ? 0 : all.indexOf(last) + 1);
      last = all.at(-1) ?? last;
      return fresh;
    },
    closed: () => heard.filter((report) => report.type === 'torrent.finished'),
    session: (state: 'ready' | 'lost') => actor.send({ type: `session.${state}` }),
    /** While it is downloading, bytes arrive, and nobody knows for how long. */
    observe: (over: Partial<Observation> = {}, completion = DEFAULT_COMPLETION) => {
      at += 5 * SECOND;
      const moves = (over.phase ?? 'downloading') === 'downloading';
      if (moves) downloaded += 1000;
      const observation = seen({ hash: key, downloaded, ...(moves ? { eta: null } : {}), ...over });
      actor.send({ type: 'torrent.observed', observation, at, askedAt: at, completion });
    },
    /** The finish hook named it, after all that was observed. */
    finish: () => actor.send({ type: 'finishHook.received', at: at + 1 }),
    miss: () => actor.send({ type: 'torrent.missed' }),
    /** The outbox's answer to a notification: by default to the newest, and that ntfy has it. */
    told: (notification = telling().at(-1)) => {
      if (notification === undefined) throw new Error('nothing was told');
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
export function startShown() {
  const torrent = startTorrent();
  torrent.session('ready');
  torrent.observe({ progress: 0.5 });
  torrent.told();
  torrent.tells();
  return torrent;
}
