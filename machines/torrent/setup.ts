import { assign, enqueueActions, setup } from 'xstate';
import { onRoute } from '../routing/routed.ts';
import { routingOf } from '../routing/topic-policy.ts';
import { alertToShow, isAlertDue } from './alerts.ts';
import { decideAddition } from './addition.ts';
import { withoutDue } from './buttons.ts';
import {
  additionOf,
  alertNotificationOf,
  compose,
  finishedOf,
  isRemovalAnnounced,
  nextCard,
  withCard,
} from './compose.ts';
import type { AwaitedKind } from './compose.ts';
import { MATCH_DUE, NO_CARD } from './context.ts';
import { finishedSince, isFinal, isFirstReceipt, isInjected } from './finish.ts';
import { hasOldCards, isTracked, movedDeletions, oldDeletions, recordSettlement } from './record.ts';
import type { TorrentOutcome } from './record.ts';
import { recordRouting } from './record-routing.ts';
import { recordExcluded, recordFinishHook } from './record-changes.ts';
import { deliver, request, supportRequest, unawaited, unwatch, watch } from './requests.ts';
import { applyObservation, isMatchDue, isUnchanged } from './unchanged.ts';
import type { End, ObservedTorrent, TorrentContext, TorrentEvent, TorrentInput } from './types.ts';
import type { Notification, Phase, Stage, TorrentRecord } from '../domain.ts';

/** The list can be read while an ID changes: one miss proves nothing. */
const POLLS_MISSING_UNTIL_REMOVED = 2;

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
    injected: ({ context: { seen, requestedCard, mayHaveCard, alert, record } }) =>
      seen.observation !== null &&
      isInjected(seen.observation) &&
      !record.received &&
      requestedCard === null &&
      !mayHaveCard &&
      alert === null,
    gone: ({ context }) => context.misses >= POLLS_MISSING_UNTIL_REMOVED,
    finished: ({ context }) => context.finishedSince !== null,
    hasCard: ({ context: { requestedCard, mayHaveCard, alert } }) =>
      requestedCard !== null || mayHaveCard || alert !== null,
    /** The rule excludes completions: nothing is sent. */
    excluded: ({ context: { record, routing } }) =>
      record.stage !== 'completing' && !routing.send.has('completion'),
    announced: ({ context }) => isRemovalAnnounced(context),
    hasOldCards: ({ context }) => hasOldCards(context.record),
    cardChanged: ({ context }) => nextCard(context, context.seen.progress, context.seen.at) !== null,
    /** Its card was deleted because of a rule or a summary while it waited for ntfy. */
    withdrawn: ({ context }) => context.pending === null,
    unchanged: ({ context }, observed: ObservedTorrent) => isUnchanged(context, observed),
    ready: ({ context }) => context.ready,
    isAt: ({ context }, { stage }: { stage: Stage }) => context.record.stage === stage,
    /** It was added again while its card is deleted: a finish hook belongs to the new download. */
    readded: ({ context }) => context.record.readdedAs !== null,
    latest: ({ context, event }) =>
      (event.type === 'notification.settled' || event.type === 'notification.diverted') &&
      event.notification.id === context.pending,
  },
  actions: {
    watch: enqueueActions((step) =>
      deliver(step, [watch(step.context.record), ...supportRequest(step.context)]),
    ),
    observe: assign(({ context, event }) => {
      if (event.type !== 'torrent.observed') return {};
      return {
        seen: applyObservation(context, event),
        rulesVersion: isMatchDue(context, event) ? MATCH_DUE : context.rulesVersion,
        misses: 0,
        finishedSince: finishedSince(context.finishedSince, event),
        quiet: context.quiet && MAYBE_BROKEN.has(event.observation.phase),
      };
    }),
    /** After all else: it is stored with a card that is sent now. */
    recordReceipt: assign(({ context }) => {
      const { deps, record: before, seen } = context;
      if (seen.observation === null || !isFirstReceipt(before, seen.observation)) return {};
      if (nextCard(context, seen.progress, seen.at) !== null) return {};
      const record = { ...before, received: true };
      deps.save(record);
      return { record };
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
    /** Matches the rules again, and moves or deletes the card if it is not where they want it. */
    reroute: enqueueActions((step) => {
      const { context } = step;
      const { deps, record: before, seen, rulesVersion } = context;
      const version = deps.rules.check();
      if (seen.observation === null || (version === 0 && rulesVersion === 0)) return;
      if (version === rulesVersion) return;
      const routing = routingOf(context.policy, deps.rules, seen.observation);
      step.enqueue.assign({ routing, rulesVersion: version });
      const record = recordRouting(before, routing, seen.observation.name);
      if (record === before) return;
      deps.save(record);
      step.enqueue.assign({ record });
      const moved = movedDeletions(before, record);
      if (moved.length === 0) return;
      step.enqueue.assign(record.moving ? { moving: true } : NO_CARD);
      deliver(step, unawaited(context, moved));
    }),
    /** What an earlier run of the process had still to delete. */
    deleteOldCards: enqueueActions((step) =>
      deliver(step, unawaited(step.context, oldDeletions(step.context.record))),
    ),
    /** An alert has its own card; the chart does not wait for its settlement. */
    updateAlert: enqueueActions((step) => {
      const { context } = step;
      const { key, seen, alert: before, quiet, record: stored } = context;
      if (quiet) return;
      const alert = alertToShow(context, seen);
      if (alert === before && (alert === null || !isAlertDue(context, alert, seen.at))) return;
      const { record, messages } = request(
        context,
        alert === null
          ? { kind: 'alert-clear', key, shown: before, ...onRoute(stored.alertRoute) }
          : alertNotificationOf(context, alert),
      );
      step.enqueue.assign({
        alert,
        record,
        isAlertUnsent: false,
        answers: withoutDue(context.answers, 'alert'),
      });
      deliver(step, messages);
    }),
    /** The notification of an addition has its own card, too. */
    announceAddition: enqueueActions((step) => {
      const { context } = step;
      const { addition, isDue } = decideAddition(context);
      if (addition !== context.addition) step.enqueue.assign({ addition });
      const { observation } = context.seen;
      if (!isDue || observation === null) return;
      const { record, messages } = request(context, additionOf(context, observation));
      step.enqueue.assign({ record });
      deliver(step, messages);
    }),
    /** It ends like one whose completion is sent: a late hook must not repeat it. */
    recordExcluded: enqueueActions((step) => {
      const { deps, record: before } = step.context;
      const finished = finishedOf(step.context);
      if (finished === null || before.stage === 'completed') return;
      const record = recordExcluded(before, finished.torrent);
      deps.save(record);
      step.enqueue.assign({ record });
      if (isTracked(before)) deliver(step, [unwatch(before.hash)]);
    }),
    countMissing: assign({ misses: ({ context }) => context.misses + 1 }),
    requestNotification: enqueueActions((step, { kind }: { kind: AwaitedKind }) => {
      const composed = compose(kind, step.context);
      if (composed === null) return;
      const content = composed.kind === 'completion' ? withCard(step.context, composed) : composed;
      const { id, record, messages } = request(step.context, content);
      step.enqueue.assign({ pending: id, record });
      if (content.kind === 'progress') {
        const answers = withoutDue(step.context.answers, 'progress');
        step.enqueue.assign({ requestedCard: content.card, moving: false, answers });
      }
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
      const last = seen.observation;
      const name = last?.name ?? null;
      if (isTracked(record)) deliver(step, [unwatch(record.hash)]);
      deliver(step, [{ to: 'supervisor', event: { type: 'torrent.finished', key, end, name, last } }]);
    }),
  },
});
