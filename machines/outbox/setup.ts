import { assign, enqueueActions, fromPromise, sendParent, setup } from 'xstate';
import { echoOf, failureOf, isUndecided } from './answers.ts';
import type { Publication, Settled } from './answers.ts';
import { isUntried } from './attempts.ts';
import { pauseAfter } from './retry.ts';
import { withAllowance, exhaust, isFresh, isScarce, refill, slowDown, spend } from './budget.ts';
import type { Allowance } from './budget.ts';
import { placeOf, remove } from './lanes.ts';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { formOf, settle, consequenceFor } from './settling.ts';
import { passQuietHours } from '../quiet/passing.ts';
import { recordServer } from '../summary/board.ts';
import type { TorrentEvent } from '../torrent/types.ts';
import {
  asSent,
  enqueueNotification,
  forget,
  freeSlot,
  markGone,
  markLeaving,
  markSent,
  skipped,
  takesReserve,
  upcoming,
} from './traffic.ts';
import type { OutboxContext, OutboxEvent, OutboxInput, OutboxReport } from './types.ts';
import { passageOf, recordAcceptance, recordRefusal } from './topics.ts';
import { divert } from './diversion.ts';
import { routeOf } from '../routing/routed.ts';
import { NO_ANSWER } from '../domain.ts';
import type { Form, Notification } from '../domain.ts';

export type { Publication } from './answers.ts';
export type { OutboxEvent, OutboxInput, OutboxReport } from './types.ts';

const unprovided = () => Promise.reject(new Error('the outbox has no ntfy'));

/** Guards and actions of the outbox; its chart is in `./machine.ts`. */
export const outboxSetup = setup({
  types: {
    context: {} as OutboxContext,
    events: {} as OutboxEvent | Settled,
    input: {} as OutboxInput,
  },
  actors: {
    publish: fromPromise<Publication, { notification: Notification; form: Form }>(unprovided),
    /** The daily quota and what is left of it; `null` if the server does not report it. */
    allowance: fromPromise<Allowance | null>(unprovided),
  },
  guards: {
    // Messages in flight may be counted or not.
    informed: ({ context: { policy, askedAt, now, inFlight } }) =>
      policy.rate !== 'auto' || (askedAt !== null && (inFlight.size > 0 || isFresh(askedAt, now()))),
    waiting: ({ context }) => upcoming(context) !== null,
    sending: ({ context }) => context.inFlight.size > 0,
    /** Nothing shows that only this message is the cause. */
    mustPause: ({ context, event }) => {
      const failure = failureOf(event);
      const notification = 'actorId' in event ? context.inFlight.get(event.actorId) : undefined;
      if (failure === null || notification === undefined) return false;
      return consequenceFor(context, notification, failure).consequence === 'server';
    },
    /** ntfy accepted a message meanwhile, so the cause of the pause is another message. */
    mustNotPause: ({ context, event }) =>
      'output' in event && event.output.ok && isUndecided(context.failure),
  },
  actions: {
    crash: (_, { request }: { request: RequestName }) => failOverdue(request),
    put: enqueueActions((step) => {
      const { context, event } = step;
      if (event.type !== 'notification.publish') return;
      const notification = passQuietHours(step, event.notification, false);
      enqueueNotification(context, notification);
      // A notification that supersedes this one must know that there is a card.
      if (notification.kind === 'alert-clear' && notification.shown !== null)
        context.alerted.add(placeOf(notification));
    }),
    dispatch: enqueueActions((step) => {
      const { context, enqueue } = step;
      let budget = refill(context.budget, context.now());
      if (context.summary !== null)
        recordServer(context.summary, { live: context.live, isScarce: isScarce(budget) });
      for (;;) {
        const first = upcoming({ ...context, budget });
        if (first === null || first.wait > 0) break;
        remove(context.lanes, first.notification);
        const passage = passageOf(context, first.notification);
        if (passage === 'divert') {
          const to = divert(context, first.notification);
          const diverted = { type: 'notification.diverted', notification: first.notification } as const;
          if (to === 'supervisor') enqueue(sendParent(diverted satisfies OutboxReport));
          else if (to !== null) enqueue.sendTo(to, diverted satisfies TorrentEvent);
          continue;
        }
        const notification = passQuietHours(step, first.notification, true);
        const outcome = passage === 'drop' ? 'refused' : skipped(context, notification);
        if (outcome !== null) {
          if (outcome !== 'superseded') markGone(context, notification);
          if (passage === 'drop') forget(context, notification);
          context.since.delete(notification.id);
          const settled = { type: 'notification.settled', notification, outcome } as const;
          enqueue(sendParent({ ...settled, failure: null } satisfies OutboxReport));
          const torrent = context.findTorrent(notification.key);
          if (torrent !== undefined) enqueue.sendTo(torrent, settled satisfies TorrentEvent);
          continue;
        }
        const slot = freeSlot(context);
        context.inFlight.set(slot, notification);
        markLeaving(context, notification);
        budget = spend(budget, takesReserve(context, notification));
        enqueue.raise({ type: 'publish.overdue' }, { id: slot, delay: 'publishOverdue' });
        enqueue.spawnChild('publish', {
          id: slot,
          input: { notification: asSent(context, notification), form: formOf(context, notification) },
        });
      }
      enqueue.assign({ budget });
    }),
    settle: enqueueActions(({ context, event, enqueue }) => {
      if (!('actorId' in event)) return;
      const notification = context.inFlight.get(event.actorId);
      enqueue.stopChild(event.actorId);
      enqueue.cancel(event.actorId);
      if (notification === undefined) return;
      context.inFlight.delete(event.actorId);
      markSent(context, notification.key);
      const failure = failureOf(event);
      const { outcome, consequence } = settle(context, notification, failure);
      const report = (what: OutboxReport) => enqueue(sendParent(what));
      if ('error' in event) report({ type: 'outbox.crashed', notification, error: event.error });
      if (failure === null) {
        if (recordAcceptance(context, notification))
          report({ type: 'topic.restored', route: routeOf(notification) });
        const live = echoOf(event) ?? context.live;
        enqueue.assign({ live, failure: null, failures: 0, accepted: context.accepted + 1 });
      } else {
        enqueue.assign({ budget: exhaust(context.budget, failure.kind, context.now()) });
        if (consequence === 'topic' && recordRefusal(context, notification))
          report({
            type: 'topic.rejected',
            route: routeOf(notification),
            rule: notification.rule ?? null,
            failure,
          });
        if (consequence === 'simplified' && outcome === null)
          report({ type: 'outbox.simplified', notification, form: formOf(context, notification), failure });
      }
      if (outcome === null) return;
      const settled = { type: 'notification.settled', notification, outcome } as const;
      report({ ...settled, failure });
      const torrent = context.findTorrent(notification.key);
      if (torrent !== undefined) enqueue.sendTo(torrent, settled satisfies TorrentEvent);
    }),
    recordAllowance: assign(({ context }, { allowance }: { allowance: Allowance | null }) => ({
      askedAt: context.now(),
      budget: allowance === null ? context.budget : withAllowance(context.budget, allowance, context.now()),
    })),
    /** Before `settle`. A card that has failed before counts once: it has its own pause. */
    recordFailure: assign(({ context, event }) => {
      const failure = failureOf(event);
      const notification = 'actorId' in event ? context.inFlight.get(event.actorId) : undefined;
      const isNew =
        notification === undefined || isUntried(context.attempts, notification.kind, placeOf(notification));
      const failures = isNew || !isUndecided(failure) ? context.failures + 1 : Math.max(1, context.failures);
      // Once for all messages in flight.
      const budget = failure?.kind === 'limited' ? slowDown(context.budget) : context.budget;
      return { failure, failures, budget };
    }),
    reportBug: sendParent(
      ({ event }) =>
        ({
          type: 'outbox.crashed',
          notification: null,
          error: 'error' in event ? event.error : null,
        }) satisfies OutboxReport,
    ),
    reportFailure: sendParent(
      ({ event }) =>
        ({
          type: 'outbox.failed',
          failure: failureOf(event) ?? NO_ANSWER,
        }) satisfies OutboxReport,
    ),
  },
  delays: {
    publishOverdue: overdueAfter('publish'),
    allowanceOverdue: overdueAfter('allowance'),
    pace: ({ context }) => Math.max(1, upcoming(context)?.wait ?? 0),
    pause: ({ context: { failure, failures, policy } }) => pauseAfter(failure, failures, policy.retryMax),
  },
});
