import { and, assign, enqueueActions, sendParent, setup } from 'xstate';
import { see, UNSEEN, worthTelling } from './rules/telling.ts';
import type { Sight } from './rules/telling.ts';
import type { Hash, Notification, Observation, Phase, Policy, Told, TorrentRecord } from './types.ts';

export type TorrentEvent =
  | { type: 'session.ready' }
  | { type: 'session.lost' }
  | { type: 'torrent.observed'; observation: Observation; at: number }
  | { type: 'torrent.missed' }
  | { type: 'outbox.told'; notification: Notification; shown: Told | null };

/** What a torrent says to the one that spawned it. */
export type TorrentReport =
  | { type: 'torrent.telling'; notification: Notification }
  | { type: 'torrent.closed'; key: Hash; end: End; name: string | null };

export type End = 'complete' | 'removed';

interface TorrentContext {
  key: Hash;
  policy: Policy;
  observation: Observation | null;
  sight: Sight;
  /** When it was observed last, in milliseconds since 1970. */
  at: number;
  /** What the phone shows; `null` while there is no card. */
  shown: Told | null;
  /** What was handed to the outbox last: what the phone shows soon. */
  offered: Told | null;
  /** The very object that was handed over last: an answer to an older one is told apart by its identity. */
  pending: Notification | null;
  /** Polls in a row that found it under none of its hashes. */
  misses: number;
}

/** The list can be read in the moment in which an ID changes: one miss proves nothing. */
const MISSES_TO_BE_GONE = 2;

/** What the card should say next, measured by what it is about to say. */
const news = ({ sight, offered, at, policy }: TorrentContext) => worthTelling(sight, offered, at, policy);

/** The way from `deciding` to the state that bears the phase's name. */
const inPhase = <P extends Phase>(phase: P) =>
  ({ guard: { type: 'inPhase', params: { phase } }, target: phase }) as const;

/**
 * One torrent, from its hook to its last word. It holds no timer (each stop would scan the timers of all torrents) and
 * no session: the watcher's poll drives it, and the outbox says what became of its news.
 */
export const torrentMachine = setup({
  types: {
    context: {} as TorrentContext,
    events: {} as TorrentEvent,
    input: {} as { record: TorrentRecord; policy: Policy },
  },
  guards: {
    inPhase: ({ context }, { phase }: { phase: Phase }) => context.sight.phase === phase,
    complete: ({ context }) => context.sight.phase === 'complete',
    gone: ({ context }) => context.misses >= MISSES_TO_BE_GONE,
    hasCard: ({ context }) => context.offered !== null || context.shown !== null,
    hasNews: ({ context }) => news(context) !== null,
    latest: ({ context, event }) => event.type === 'outbox.told' && event.notification === context.pending,
  },
  actions: {
    observe: assign(({ context, event }) => {
      if (event.type !== 'torrent.observed') return {};
      const { observation, at } = event;
      return { observation, at, misses: 0, sight: see(context.sight, observation, at) };
    }),
    miss: assign({ misses: ({ context }) => context.misses + 1 }),
    offer: enqueueActions(({ context, enqueue }, { kind }: { kind: Notification['kind'] }) => {
      const notification = compose(kind, context);
      if (notification === null) return;
      enqueue.assign({ pending: notification });
      if (notification.kind === 'progress') enqueue.assign({ offered: notification.tell });
      enqueue(sendParent({ type: 'torrent.telling', notification } satisfies TorrentReport));
    }),
    noteShown: assign(({ event }) => (event.type === 'outbox.told' ? { shown: event.shown } : {})),
    close: sendParent(
      ({ context: { key, observation } }, { end }: { end: End }) =>
        ({ type: 'torrent.closed', key, end, name: observation?.name ?? null }) satisfies TorrentReport,
    ),
  },
}).createMachine({
  id: 'torrent',
  context: ({ input: { record, policy } }) => ({
    key: record.key,
    policy,
    observation: null,
    sight: { ...UNSEEN, percent: record.told?.percent ?? 0 },
    at: 0,
    shown: record.told,
    offered: record.told,
    pending: null,
    misses: 0,
  }),
  on: { 'outbox.told': { actions: 'noteShown' } },
  initial: 'login',
  states: {
    login: {
      description: 'Waits for the one session that all torrents share.',
      on: { 'session.ready': 'polling' },
    },
    polling: {
      description: 'Seen anew with each poll of the watcher; the states below say what it is doing.',
      initial: 'deciding',
      on: {
        'torrent.observed': { target: '.deciding', actions: 'observe' },
        'torrent.missed': { target: '.deciding', actions: 'miss' },
        'session.lost': 'login',
      },
      states: {
        deciding: {
          always: [
            { guard: 'gone', target: '#gone' },
            { guard: 'complete', target: '#notifying.completion' },
            { guard: 'hasNews', target: '#notifying.progress' },
            inPhase('metadata'),
            inPhase('queued'),
            inPhase('downloading'),
            inPhase('stalled'),
            inPhase('stopped'),
            inPhase('checking'),
            inPhase('moving'),
            inPhase('failed'),
            { target: 'unknown' },
          ],
        },
        unknown: { description: 'Not seen yet, or a state that says nothing: decide nothing.' },
        metadata: {},
        queued: {},
        downloading: {},
        stalled: {},
        stopped: {},
        checking: {},
        moving: {},
        failed: {},
      },
    },
    notifying: {
      id: 'notifying',
      description: 'The outbox has its news; what is seen meanwhile replaces what it tells next.',
      initial: 'progress',
      states: {
        progress: {
          initial: 'offering',
          on: {
            'torrent.observed': { target: '.deciding', actions: 'observe' },
            'torrent.missed': { target: '.deciding', actions: 'miss' },
            'outbox.told': { guard: 'latest', target: '#torrent.polling', actions: 'noteShown' },
            'session.lost': '#torrent.login',
          },
          states: {
            offering: {
              entry: { type: 'offer', params: { kind: 'progress' } },
              always: 'waiting',
            },
            waiting: {},
            deciding: {
              always: [
                { guard: 'gone', target: '#gone' },
                { guard: 'complete', target: '#notifying.completion' },
                { guard: 'hasNews', target: 'offering' },
                { target: 'waiting' },
              ],
            },
          },
        },
        completion: {
          description: 'The one message that matters: it stays here until ntfy has it.',
          entry: { type: 'offer', params: { kind: 'completion' } },
          on: {
            'outbox.told': [
              { guard: and(['latest', 'hasCard']), target: 'dismissal', actions: 'noteShown' },
              { guard: 'latest', target: '#torrent.complete' },
            ],
          },
        },
        dismissal: {
          description: 'The progress card leaves the phone.',
          entry: { type: 'offer', params: { kind: 'dismissal' } },
          on: {
            'outbox.told': [
              { guard: and(['latest', 'complete']), target: '#torrent.complete' },
              { guard: 'latest', target: '#torrent.removed' },
            ],
          },
        },
      },
    },
    gone: {
      id: 'gone',
      always: [{ guard: 'hasCard', target: 'notifying.dismissal' }, { target: 'removed' }],
    },
    complete: { entry: { type: 'close', params: { end: 'complete' } } },
    removed: { entry: { type: 'close', params: { end: 'removed' } } },
  },
});

function compose(kind: Notification['kind'], context: TorrentContext): Notification | null {
  const { key, observation: torrent, shown: told } = context;
  if (kind === 'dismissal') return { kind, key };
  if (torrent === null) return null;
  if (kind === 'completion') return { kind, key, torrent };
  const tell = news(context);
  return tell === null ? null : { kind, key, torrent, tell, told };
}
