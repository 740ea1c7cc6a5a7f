import { assign, enqueueActions, setup } from 'xstate';
import { alertOf } from './alerts.ts';
import { asRemoved, finishedSince, isFinal, isInjected } from './finish.ts';
import { observeProgress, nextCardState } from './progress.ts';
import { isFollowed, recordFinishHook, recordSettlement } from './record.ts';
import type { TorrentOutcome } from './record.ts';
import { deliver, request, unwatch, watch } from './requests.ts';
import type { End, ObservedTorrent, Seen, TorrentContext, TorrentEvent, TorrentInput } from './types.ts';
import type { Notification, Phase, Stage, TorrentRecord } from '../domain.ts';

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
    input: {} as TorrentInput,
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
    isAt: ({ context }, { stage }: { stage: Stage }) => context.record.stage === stage,
    /** It was added again while its card is deleted: what comes concerns the new one. */
    readded: ({ context }) => context.record.again !== null,
    latest: ({ context, event }) =>
      event.type === 'notification.settled' && event.notification.id === context.pending,
  },
  actions: {
    watch: enqueueActions((step) => deliver(step, [watch(step.context.record)])),
    observe: assign(({ context, event }) => {
      if (event.type !== 'torrent.observed') return {};
      return {
        seen: after(context, event),
        misses: 0,
        finishedSince: finishedSince(context.finishedSince, event),
        quiet: context.quiet && MAYBE_BROKEN.has(event.observation.phase),
      };
    }),
    /** The finish hook of a torrent that was added again is told to the one that begins after this one. */
    noteFinish: assign(({ context: { deps, record: before, finishedSince } }, { at }: { at: number }) => {
      const record = recordFinishHook(before, at);
      if (record === before) return {};
      deps.save(record);
      return before.again === null ? { record, finishedSince: finishedSince ?? at } : { record };
    }),
    /** Before `observe`, that forgets what is refuted. */
    refuteFinish: assign(({ context, event }) => {
      const { deps, record: before } = context;
      if (event.type !== 'torrent.observed' || before.finishHookAt === null) return {};
      if (context.finishedSince === null || finishedSince(context.finishedSince, event) !== null) return {};
      const record = { ...before, finishHookAt: null };
      deps.save(record);
      return { record };
    }),
    changeId: enqueueActions((step, { record }: { record: TorrentRecord }) => {
      const { deps, record: before } = step.context;
      if (record === before) return;
      deps.save(record);
      step.enqueue.assign({ record });
      if (record.hash !== before.hash && isFollowed(record))
        deliver(step, [unwatch(before.hash), watch(record)]);
    }),
    updateInPlace: ({ context }, look: ObservedTorrent) =>
      void Object.assign(context.seen, after(context, look)),
    /** An alert has a card of its own, and nothing waits for it: what comes next is sent beside it. */
    updateAlert: enqueueActions((step) => {
      const { key, seen, policy, alert: before, quiet } = step.context;
      if (quiet) return;
      const { observation, sight, at } = seen;
      const alert = alertOf(before, sight, at, policy);
      if (alert === before) return;
      const { record, messages } = request(
        step.context,
        alert === null
          ? { kind: 'clearance', key, shown: before }
          : { kind: 'alert', key, name: observation?.name ?? null, percent: sight.percent, alert },
      );
      step.enqueue.assign({ alert, record });
      deliver(step, messages);
    }),
    countMissing: assign({ misses: ({ context }) => context.misses + 1 }),
    offer: enqueueActions((step, { kind }: { kind: Offer }) => {
      const content = compose(kind, step.context);
      if (content === null) return;
      const { id, record, messages } = request(step.context, content);
      step.enqueue.assign({ pending: id, record });
      if (content.kind === 'progress') step.enqueue.assign({ offered: content.tell });
      deliver(step, messages);
    }),
    recordSettlement: assign(
      (
        { context: { deps, record: before } },
        { notification, outcome }: { notification: Notification; outcome: TorrentOutcome },
      ) => {
        const record = recordSettlement(before, notification, outcome, deps.now());
        if (record !== before) deps.save(record);
        return { record };
      },
    ),
    close: enqueueActions((step, { end }: { end: End }) => {
      const { key, record, seen } = step.context;
      const name = seen.observation?.name ?? null;
      if (isFollowed(record)) deliver(step, [unwatch(record.hash)]);
      deliver(step, [{ to: 'supervisor', event: { type: 'torrent.finished', key, end, name } }]);
    }),
  },
});

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
  const {
    key,
    record: { told },
    card,
    alert,
  } = context;
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
