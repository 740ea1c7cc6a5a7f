import { assign, enqueueActions, setup } from 'xstate';
import { alertOf } from './alerts.ts';
import { asRemoved, finishedSince, isFinal, isInjected } from './finish.ts';
import { observeProgress, nextCardState } from './progress.ts';
import { isTracked, recordFinishHook, recordSettlement } from './record.ts';
import type { TorrentOutcome } from './record.ts';
import { deliver, request, unwatch, watch } from './requests.ts';
import { haveSameFields } from '../routing/fields.ts';
import type { End, ObservedTorrent, Seen, TorrentContext, TorrentEvent, TorrentInput } from './types.ts';
import type { Notification, Phase, Stage, TorrentRecord } from '../domain.ts';

/** The notifications whose settlement the chart waits for. */
type AwaitedKind = 'progress' | 'completion' | 'card-delete';

/** The list can be read while an ID changes: one miss proves nothing. */
const POLLS_MISSING_UNTIL_REMOVED = 2;

/** The next state of the card, compared with the one that was requested last. */
const nextCard = ({ seen: { progress, at }, requestedCard, policy, quiet }: TorrentContext) =>
  quiet ? null : nextCardState(progress, requestedCard, at, policy);

/** Phases in which a torrent in error may still be in error. */
const MAYBE_BROKEN: ReadonlySet<Phase> = new Set(['failed', 'checking', 'moving', 'unknown']);

/** Guards and actions of a torrent; its chart is in `./machine.ts`. */
export const torrentSetup = setup({
  types: {
    context: {} as TorrentContext,
    events: {} as TorrentEvent,
    input: {} as TorrentInput,
  },
  guards: {
    inPhase: ({ context }, { phase }: { phase: Phase }) => context.seen.progress.phase === phase,
    complete: ({ context: { seen } }) => isFinal(seen.progress, seen.at, seen.completion),
    injected: ({ context: { seen, requestedCard, mayHaveCard, alert } }) =>
      seen.observation !== null &&
      isInjected(seen.observation) &&
      requestedCard === null &&
      !mayHaveCard &&
      alert === null,
    gone: ({ context }) => context.misses >= POLLS_MISSING_UNTIL_REMOVED,
    finished: ({ context }) => context.finishedSince !== null,
    hasCard: ({ context: { requestedCard, mayHaveCard, alert } }) =>
      requestedCard !== null || mayHaveCard || alert !== null,
    cardChanged: ({ context }) => nextCard(context) !== null,
    unchanged: ({ context }, observed: ObservedTorrent) => isUnchanged(context, observed),
    ready: ({ context }) => context.ready,
    isAt: ({ context }, { stage }: { stage: Stage }) => context.record.stage === stage,
    /** It was added again while its card is deleted: a finish hook belongs to the new download. */
    readded: ({ context }) => context.record.readdedAs !== null,
    latest: ({ context, event }) =>
      event.type === 'notification.settled' && event.notification.id === context.pending,
  },
  actions: {
    watch: enqueueActions((step) => deliver(step, [watch(step.context.record)])),
    observe: assign(({ context, event }) => {
      if (event.type !== 'torrent.observed') return {};
      return {
        seen: applyObservation(context, event),
        misses: 0,
        finishedSince: finishedSince(context.finishedSince, event),
        quiet: context.quiet && MAYBE_BROKEN.has(event.observation.phase),
      };
    }),
    /** If the torrent was added again, the finish hook belongs to the download that starts after this one. */
    recordFinish: assign(({ context: { deps, record: before, finishedSince } }, { at }: { at: number }) => {
      const record = recordFinishHook(before, at);
      if (record === before) return {};
      deps.save(record);
      return before.readdedAs === null ? { record, finishedSince: finishedSince ?? at } : { record };
    }),
    /** Before `observe`, which clears `finishedSince`. */
    clearFinish: assign(({ context, event }) => {
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
      if (record.hash !== before.hash && isTracked(record))
        deliver(step, [unwatch(before.hash), watch(record)]);
    }),
    updateInPlace: ({ context }, observed: ObservedTorrent) =>
      void Object.assign(context.seen, applyObservation(context, observed)),
    /** An alert has its own card; the chart does not wait for its settlement. */
    updateAlert: enqueueActions((step) => {
      const { key, seen, policy, alert: before, quiet } = step.context;
      if (quiet) return;
      const { observation, progress, at } = seen;
      const alert = alertOf(before, progress, at, policy);
      if (alert === before) return;
      const { record, messages } = request(
        step.context,
        alert === null
          ? { kind: 'alert-clear', key, shown: before }
          : { kind: 'alert', key, name: observation?.name ?? null, percent: progress.percent, alert },
      );
      step.enqueue.assign({ alert, record });
      deliver(step, messages);
    }),
    countMissing: assign({ misses: ({ context }) => context.misses + 1 }),
    requestNotification: enqueueActions((step, { kind }: { kind: AwaitedKind }) => {
      const content = compose(kind, step.context);
      if (content === null) return;
      const { id, record, messages } = request(step.context, content);
      step.enqueue.assign({ pending: id, record });
      if (content.kind === 'progress') step.enqueue.assign({ requestedCard: content.card });
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
    reportFinished: enqueueActions((step, { end }: { end: End }) => {
      const { key, record, seen } = step.context;
      const name = seen.observation?.name ?? null;
      if (isTracked(record)) deliver(step, [unwatch(record.hash)]);
      deliver(step, [{ to: 'supervisor', event: { type: 'torrent.finished', key, end, name } }]);
    }),
  },
});

const applyObservation = (
  { seen, requestedCard: shown, policy }: TorrentContext,
  { observation, at, completion }: ObservedTorrent,
): Seen => ({
  observation,
  at,
  completion,
  progress: observeProgress(seen.progress, observation, at, { shown, policy }),
});

/** Whether an observation changes no notification, and no field that a rule can match. */
export function isUnchanged(context: TorrentContext, observed: ObservedTorrent): boolean {
  const { seen, alert, requestedCard, policy, misses, quiet } = context;
  if (seen.observation === null || !haveSameFields(seen.observation, observed.observation)) return false;
  const { progress, at } = applyObservation(context, observed);
  return (
    misses === 0 &&
    progress.phase === seen.progress.phase &&
    progress.phase !== 'complete' &&
    finishedSince(context.finishedSince, observed) === context.finishedSince &&
    (quiet ||
      (nextCardState(progress, requestedCard, at, policy) === null &&
        alertOf(alert, progress, at, policy) === alert))
  );
}

function compose(kind: AwaitedKind, context: TorrentContext): Notification | null {
  const { key, record, mayHaveCard, alert, seen } = context;
  if (kind === 'card-delete') return { kind, key, shown: mayHaveCard, alerted: alert !== null };
  if (kind === 'completion') return completionOf(context);
  const { observation: torrent, at } = seen;
  const card = nextCard(context);
  if (torrent === null || card === null) return null;
  return { kind, key, torrent, at, card, shown: record.shown };
}

/** A completion shows the last observation; qBittorrent may have removed the torrent since, or before any poll. */
function completionOf({ key, seen, finishedSince, misses }: TorrentContext): Notification | null {
  const { observation, at } = seen;
  if (observation?.phase === 'complete' && misses === 0)
    return { kind: 'completion', key, torrent: observation, at };
  if (finishedSince === null) return null;
  const torrent = asRemoved(observation, key, finishedSince);
  return { kind: 'completion', key, torrent, at: Math.max(at, finishedSince) };
}
