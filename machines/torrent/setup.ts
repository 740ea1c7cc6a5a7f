import { assign, enqueueActions, sendParent, setup } from 'xstate';
import { alertOf } from './alerts.ts';
import { asRemoved, finishedSince, isFinal, isInjected } from './finish.ts';
import { observeProgress, nextCardState } from './progress.ts';
import type { Progress } from './progress.ts';
import type {
  Alert,
  CompletionSettings,
  Hash,
  Notification,
  Observation,
  Phase,
  Policy,
  Stage,
  Told,
  TorrentRecord,
} from '../domain.ts';

export type TorrentEvent =
  | { type: 'session.ready' }
  | { type: 'session.lost' }
  | ({ type: 'torrent.observed' } & ObservedTorrent)
  | { type: 'torrent.missed' }
  /** qBittorrent's finish hook named it; in milliseconds since 1970. */
  | { type: 'finishHook.received'; at: number }
  | { type: 'notification.settled'; notification: Notification; shown: Told | null };

/** What a torrent says to the one that spawned it. */
export type TorrentReport =
  | { type: 'notification.requested'; notification: Notification }
  /** A poll shows it unfinished after its finish hook. */
  | { type: 'finishHook.refuted'; key: Hash }
  | { type: 'torrent.finished'; key: Hash; end: End; name: string | null };

export type End = 'complete' | 'removed';

interface TorrentContext {
  key: Hash;
  policy: Policy;
  /** Where the record says it begins. */
  stage: Stage;
  /** There was a session when it began. */
  ready: boolean;
  seen: Seen;
  /** What the phone shows; `null` while there is no card. */
  shown: Told | null;
  /** A progress card may be on the phone from before this actor began. */
  card: boolean;
  /** What was handed to the outbox last: what the phone shows soon. */
  offered: Told | null;
  /** What its alert card says, or will say soon; `null` while there is none. */
  alert: Alert | null;
  /** The very object that was handed over last: an answer to an older one is told apart by its identity. */
  pending: Notification | null;
  /** Polls in a row that found it under none of its hashes. */
  misses: number;
  /** Since when it is known to be finished, in milliseconds since 1970: by the finish hook or by its state. */
  finishedSince: number | null;
  /** Found broken, together with many: nothing is said of it until it is seen to work. */
  quiet: boolean;
}

/**
 * What was seen of it last. A look that shows nothing new changes it in place: a new snapshot for each of thousands with
 * each poll costs as much as all the rest of it, and who reads it wants the newest.
 */
interface Seen {
  observation: Observation | null;
  sight: Progress;
  /** In milliseconds since 1970. */
  at: number;
  completion: CompletionSettings;
}

/** What the chart waits for an answer to. */
type Offer = 'progress' | 'completion' | 'dismissal';

/** The list can be read in the moment in which an ID changes: one miss proves nothing. */
const POLLS_MISSING_UNTIL_REMOVED = 2;

/** What the card should say next, measured by what it is about to say. */
const news = ({ seen: { sight, at }, offered, policy, quiet }: TorrentContext) =>
  quiet ? null : nextCardState(sight, offered, at, policy);

/** Phases in which a broken torrent may still be broken. */
const MAYBE_BROKEN: ReadonlySet<Phase> = new Set(['failed', 'checking', 'moving', 'unknown']);

/** What a torrent knows and can do; its chart is in `./machine.ts`. */
export const torrentSetup = setup({
  types: {
    context: {} as TorrentContext,
    events: {} as TorrentEvent,
    input: {} as { record: TorrentRecord; policy: Policy; ready: boolean },
  },
  guards: {
    inPhase: ({ context }, { phase }: { phase: Phase }) => context.seen.sight.phase === phase,
    complete: ({ context: { seen } }) => isFinal(seen.sight, seen.at, seen.completion),
    injected: ({ context: { seen, offered, card, alert } }) =>
      seen.observation !== null &&
      isInjected(seen.observation) &&
      offered === null &&
      !card &&
      alert === null,
    gone: ({ context }) => context.misses >= POLLS_MISSING_UNTIL_REMOVED,
    finished: ({ context }) => context.finishedSince !== null,
    hasCard: ({ context: { offered, card, alert } }) => offered !== null || card || alert !== null,
    hasNews: ({ context }) => news(context) !== null,
    unchanged: ({ context }, look: ObservedTorrent) => isUnchanged(context, look),
    ready: ({ context }) => context.ready,
    isAt: ({ context }, { stage }: { stage: Stage }) => context.stage === stage,
    latest: ({ context, event }) =>
      event.type === 'notification.settled' && event.notification === context.pending,
  },
  actions: {
    observe: assign(({ context, event }) => {
      if (event.type !== 'torrent.observed') return {};
      return {
        seen: after(context, event),
        misses: 0,
        finishedSince: finishedSince(context.finishedSince, event),
        quiet: context.quiet && MAYBE_BROKEN.has(event.observation.phase),
      };
    }),
    noteFinish: assign(({ context, event }) =>
      event.type === 'finishHook.received' ? { finishedSince: context.finishedSince ?? event.at } : {},
    ),
    /** Before `observe`, that forgets what is refuted. */
    reportRefuted: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'torrent.observed' || context.finishedSince === null) return;
      if (finishedSince(context.finishedSince, event) !== null) return;
      enqueue(sendParent({ type: 'finishHook.refuted', key: context.key } satisfies TorrentReport));
    }),
    updateInPlace: ({ context }, look: ObservedTorrent) =>
      void Object.assign(context.seen, after(context, look)),
    /** An alert has a card of its own, and nobody waits for it: what comes next is told beside it. */
    updateAlert: enqueueActions(({ context, enqueue }) => {
      const { key, seen, policy, alert: before, quiet } = context;
      if (quiet) return;
      const { observation, sight, at } = seen;
      const alert = alertOf(before, sight, at, policy);
      if (alert === before) return;
      enqueue.assign({ alert });
      const notification: Notification =
        alert === null
          ? { kind: 'clearance', key, shown: before }
          : { kind: 'alert', key, name: observation?.name ?? null, percent: sight.percent, alert };
      enqueue(sendParent({ type: 'notification.requested', notification } satisfies TorrentReport));
    }),
    countMissing: assign({ misses: ({ context }) => context.misses + 1 }),
    offer: enqueueActions(({ context, enqueue }, { kind }: { kind: Offer }) => {
      const notification = compose(kind, context);
      if (notification === null) return;
      enqueue.assign({ pending: notification });
      if (notification.kind === 'progress') enqueue.assign({ offered: notification.tell });
      enqueue(sendParent({ type: 'notification.requested', notification } satisfies TorrentReport));
    }),
    noteShown: assign(({ event }) => (event.type === 'notification.settled' ? { shown: event.shown } : {})),
    close: sendParent(
      ({ context: { key, seen } }, { end }: { end: End }) =>
        ({
          type: 'torrent.finished',
          key,
          end,
          name: seen.observation?.name ?? null,
        }) satisfies TorrentReport,
    ),
  },
});

/** What a poll has shown of it. */
export interface ObservedTorrent {
  observation: Observation;
  /** When the answer came, and when it was asked for; in milliseconds since 1970. */
  at: number;
  askedAt: number;
  completion: CompletionSettings;
}

const after = (
  { seen, offered: shown, policy }: TorrentContext,
  { observation, at, completion }: ObservedTorrent,
): Seen => ({
  observation,
  at,
  completion,
  sight: observeProgress(seen.sight, observation, at, { shown, policy }),
});

/** Whether a look shows what the last one did, as far as anybody is told. */
export function isUnchanged(context: TorrentContext, look: ObservedTorrent): boolean {
  const { seen, alert, offered, policy, misses, quiet } = context;
  const { sight, at } = after(context, look);
  return (
    misses === 0 &&
    sight.phase === seen.sight.phase &&
    sight.phase !== 'complete' &&
    finishedSince(context.finishedSince, look) === context.finishedSince &&
    (quiet ||
      (nextCardState(sight, offered, at, policy) === null && alertOf(alert, sight, at, policy) === alert))
  );
}

function compose(kind: Offer, context: TorrentContext): Notification | null {
  const { key, shown: told, card, alert } = context;
  const { observation: torrent, at } = context.seen;
  if (kind === 'dismissal') return { kind, key, shown: card, alerted: alert !== null };
  if (kind === 'completion') return completionOf(context);
  if (torrent === null) return null;
  const tell = news(context);
  return tell === null ? null : { kind, key, torrent, at, tell, told };
}

/** A completion says what the last poll saw; qBittorrent may have removed the torrent since, or before any poll. */
function completionOf({ key, seen, finishedSince, misses }: TorrentContext): Notification | null {
  const { observation, at } = seen;
  if (observation?.phase === 'complete' && misses === 0)
    return { kind: 'completion', key, torrent: observation, at };
  if (finishedSince === null) return null;
  const torrent = asRemoved(observation, key, finishedSince);
  return { kind: 'completion', key, torrent, at: Math.max(at, finishedSince) };
}
