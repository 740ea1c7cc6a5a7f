import { assign, enqueueActions, fromPromise, sendParent, setup } from 'xstate';
import type { DoneActorEvent, ErrorActorEvent } from 'xstate';
import { isServerFailure, isUntried } from './attempts.ts';
import { pauseAfter } from './retry.ts';
import { withAllowance, exhaust, isFresh, refill, slowDown, spend } from './budget.ts';
import type { Allowance } from './budget.ts';
import { remove } from './lanes.ts';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { formOf, settle, consequenceFor } from './settling.ts';
import { passQuietHours } from '../quiet/passing.ts';
import type { QuietDigest } from '../quiet/pending.ts';
import type { TorrentEvent } from '../torrent/types.ts';
import {
  asSent,
  enqueueNotification,
  freeSlot,
  markGone,
  markLeaving,
  markSent,
  skipped,
  takesReserve,
  upcoming,
} from './traffic.ts';
import type { Traffic } from './traffic.ts';
import { NO_ANSWER } from '../domain.ts';
import type { FindTorrent } from '../shard/machine.ts';
import type { Failure, Form, Notification, Now, Outcome, RequestedNotification, Result } from '../domain.ts';
import type { Policy } from '../policy.ts';

/**
 * Whether ntfy echoed the sequence ID when it accepted a message, so that cards can be updated in place; `null` if its
 * answer could not be read.
 */
export type Publication = Result<{ live: boolean | null }>;

export type OutboxEvent =
  | { type: 'notification.publish'; notification: RequestedNotification }
  /** A message was not settled within its maximum duration. */
  | { type: 'publish.overdue' };

/** What the outbox reports to its supervisor. A torrent gets the settlement of its notification directly. */
export type OutboxReport =
  | {
      type: 'notification.settled';
      notification: RequestedNotification;
      outcome: Outcome;
      failure: Failure | null;
    }
  /** ntfy, or the connection to it, may be the cause: all messages wait. */
  | { type: 'outbox.failed'; failure: Failure }
  /** One message is rejected although others are accepted. It waits alone, and is sent again in this form. */
  | { type: 'outbox.simplified'; notification: RequestedNotification; form: Form; failure: Failure }
  /** Our own code threw an exception. `null`: not while a message was sent. */
  | { type: 'outbox.crashed'; notification: RequestedNotification | null; error: unknown };

const unprovided = () => Promise.reject(new Error('the outbox has no ntfy'));

type Settled = DoneActorEvent<Publication> | ErrorActorEvent;

interface OutboxContext extends Traffic {
  /** When the limits of the server were last read; `null` before. */
  askedAt: number | null;
  failure: Failure | null;
  findTorrent: FindTorrent;
  quietDigest: QuietDigest | null;
}

export interface OutboxInput {
  policy: Policy;
  now: Now;
  findTorrent: FindTorrent;
  /** Default: there are no quiet hours. */
  quietDigest?: QuietDigest | null;
}

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
        context.alerted.add(notification.key);
    }),
    dispatch: enqueueActions((step) => {
      const { context, enqueue } = step;
      let budget = refill(context.budget, context.now());
      for (;;) {
        const first = upcoming({ ...context, budget });
        if (first === null || first.wait > 0) break;
        remove(context.lanes, first.notification);
        const notification = passQuietHours(step, first.notification, true);
        const outcome = skipped(context, notification);
        if (outcome !== null) {
          if (outcome === 'accepted') markGone(context, notification);
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
        const live = echoOf(event) ?? context.live;
        enqueue.assign({ live, failure: null, failures: 0, accepted: context.accepted + 1 });
      } else {
        enqueue.assign({ budget: exhaust(context.budget, failure.kind, context.now()) });
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
        notification === undefined || isUntried(context.attempts, notification.kind, notification.key);
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

function failureOf(event: { type: string } | Settled): Failure | null {
  if ('error' in event) return { kind: 'bug', message: 'a bug in this program' };
  return 'output' in event && !event.output.ok ? event.output.failure : null;
}

/** Whether a failure leaves open if the server or the message is its cause. */
const isUndecided = (failure: Failure | null): boolean => failure !== null && !isServerFailure(failure);

function echoOf(event: Settled): boolean | null {
  return 'output' in event && event.output.ok ? event.output.value.live : null;
}
