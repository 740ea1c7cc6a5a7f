import { assign, enqueueActions, fromPromise, sendParent, setup } from 'xstate';
import type { DoneActorEvent, ErrorActorEvent } from 'xstate';
import { pauseAfter } from './rules/pauses.ts';
import { allow, exhaust, isFresh, refill, slowDown, spend } from './rules/budget.ts';
import type { Allowance } from './rules/budget.ts';
import { isUrgent, remove } from './rules/lanes.ts';
import {
  asSent,
  createTraffic,
  enter,
  freeSlot,
  markGone,
  markLeaving,
  markSent,
  outcomeOf,
  skipped,
  upcoming,
} from './rules/traffic.ts';
import type { Traffic } from './rules/traffic.ts';
import { NO_ANSWER } from './types.ts';
import type { Failure, Notification, Now, Outcome, Policy, Result } from './types.ts';

/** Whether ntfy echoed the sequence ID, so that cards can be updated in place; `null`: its answer can't be read. */
export type Publication = Result<{ live: boolean | null }>;

export type OutboxEvent = { type: 'outbox.tell'; notification: Notification };

/** What the outbox says to its supervisor. */
export type OutboxReport =
  | { type: 'outbox.told'; notification: Notification; outcome: Outcome; failure: Failure | null }
  | { type: 'outbox.failed'; failure: Failure };

const unprovided = () => Promise.reject(new Error('the outbox has no ntfy'));

type Settled = DoneActorEvent<Publication> | ErrorActorEvent;

interface OutboxContext extends Traffic {
  /** When the server was last asked what it allows; `null` while it never was. */
  askedAt: number | null;
  failure: Failure | null;
  /** Failures in a row. */
  failures: number;
}

/**
 * What leaves for ntfy: its order, its budget, its retries. It keeps the newest of each torrent, sends terminal news
 * first and one message a card at a time.
 */
export const outboxMachine = setup({
  types: {
    context: {} as OutboxContext,
    events: {} as OutboxEvent | Settled,
    input: {} as { policy: Policy; now: Now },
  },
  actors: {
    publish: fromPromise<Publication, { notification: Notification; simple: boolean }>(unprovided),
    /** What this sender may still send today; `null` where the server does not say. */
    allowance: fromPromise<Allowance | null>(unprovided),
  },
  guards: {
    // What is on its way may be counted already, or not yet.
    informed: ({ context: { policy, askedAt, now, inFlight } }) =>
      policy.rate !== 'auto' || (askedAt !== null && (inFlight.size > 0 || isFresh(askedAt, now()))),
    waiting: ({ context }) => upcoming(context) !== null,
    sending: ({ context }) => context.inFlight.size > 0,
    mustPause: ({ event }) => {
      const failure = failureOf(event);
      return failure !== null && failure.kind !== 'rejected';
    },
  },
  actions: {
    put: assign(({ context, event }) => {
      if (event.type !== 'outbox.tell') return {};
      const { notification } = event;
      enter(context, notification);
      // What makes this one void has to know that there is a card.
      if (notification.kind === 'clearance' && notification.shown !== null)
        context.alerted.add(notification.key);
      return {};
    }),
    dispatch: enqueueActions(({ context, enqueue }) => {
      let budget = refill(context.budget, context.now());
      for (;;) {
        const first = upcoming({ ...context, budget });
        if (first === null || first.wait > 0) break;
        const { notification } = first;
        remove(context.lanes, notification);
        const outcome = skipped(context, notification);
        if (outcome !== null) {
          if (outcome === 'accepted') markGone(context, notification);
          enqueue(
            sendParent({ type: 'outbox.told', notification, outcome, failure: null } satisfies OutboxReport),
          );
          continue;
        }
        const slot = freeSlot(context);
        context.inFlight.set(slot, notification);
        markLeaving(context, notification);
        budget = spend(budget, isUrgent(notification.kind));
        const simple = context.simplified.has(notification);
        enqueue.spawnChild('publish', {
          id: slot,
          input: { notification: asSent(context, notification), simple },
        });
      }
      enqueue.assign({ budget });
    }),
    settle: enqueueActions(({ context, event, enqueue }) => {
      if (!('actorId' in event)) return;
      const notification = context.inFlight.get(event.actorId);
      enqueue.stopChild(event.actorId);
      if (notification === undefined) return;
      context.inFlight.delete(event.actorId);
      markSent(context, notification.key);
      const failure = failureOf(event);
      const outcome = outcomeOf(context, notification, failure);
      if (outcome !== null) {
        enqueue(sendParent({ type: 'outbox.told', notification, outcome, failure } satisfies OutboxReport));
      }
      if (failure === null) enqueue.assign({ live: echoOf(event, context), failure: null, failures: 0 });
      else enqueue.assign({ budget: exhaust(context.budget, failure.kind, context.now()) });
    }),
    noteAllowance: assign(({ context }, { allowance }: { allowance: Allowance | null }) => ({
      askedAt: context.now(),
      budget: allowance === null ? context.budget : allow(context.budget, allowance, context.now()),
    })),
    noteFailure: assign(({ context, event }) => {
      const failure = failureOf(event);
      // Once for all that were on their way: those that are refused while it pauses teach nothing new.
      const budget = failure?.kind === 'limited' ? slowDown(context.budget) : context.budget;
      return { failure, failures: context.failures + 1, budget };
    }),
    reportFailure: sendParent(
      ({ event }) =>
        ({
          type: 'outbox.failed',
          failure: failureOf(event) ?? NO_ANSWER,
        }) satisfies OutboxReport,
    ),
  },
  delays: {
    pace: ({ context }) => Math.max(1, upcoming(context)?.wait ?? 0),
    pause: ({ context: { failure, failures, policy } }) => pauseAfter(failure, failures, policy.retryMax),
  },
}).createMachine({
  id: 'outbox',
  description: 'What leaves for ntfy: its order, its budget, its retries.',
  context: ({ input: { policy, now } }) => ({
    ...createTraffic(policy, now),
    askedAt: null,
    failure: null,
    failures: 0,
  }),
  initial: 'open',
  states: {
    open: {
      initial: 'idle',
      on: {
        'outbox.tell': [
          { guard: 'informed', target: '.dispatching', actions: 'put' },
          { target: 'asking', actions: 'put' },
        ],
        'xstate.done.actor.*': [
          { guard: 'mustPause', target: 'backingOff', actions: ['settle', 'noteFailure', 'reportFailure'] },
          { target: '.dispatching', actions: 'settle' },
        ],
        'xstate.error.actor.*': {
          target: 'backingOff',
          actions: ['settle', 'noteFailure', 'reportFailure'],
        },
      },
      states: {
        dispatching: {
          entry: 'dispatch',
          always: [
            { guard: 'waiting', target: 'throttled' },
            { guard: 'sending', target: 'sending' },
            { target: 'idle' },
          ],
        },
        idle: { description: 'Nothing to say: no timer.' },
        sending: { description: 'All that may leave is on its way.' },
        throttled: {
          description: 'Something waits for the budget, or for its card to be 1.1 s old.',
          after: { pace: 'dispatching' },
        },
      },
    },
    asking: {
      description: 'Before the first message, and then at times: what does this server allow?',
      on: { 'outbox.tell': { actions: 'put' } },
      invoke: {
        id: 'allowance',
        src: 'allowance',
        onDone: {
          target: 'open.dispatching',
          actions: { type: 'noteAllowance', params: ({ event }) => ({ allowance: event.output }) },
        },
      },
    },
    backingOff: {
      description: 'ntfy did not answer, or asked for a pause. What is newest keeps its place.',
      on: {
        'outbox.tell': { actions: 'put' },
        'xstate.done.actor.*': { actions: 'settle' },
        'xstate.error.actor.*': { actions: 'settle' },
      },
      after: { pause: 'open.dispatching' },
    },
  },
});

function failureOf(event: OutboxEvent | Settled): Failure | null {
  if (!('actorId' in event)) return null;
  if ('error' in event) return { kind: 'protocol', message: 'publishing failed in an unforeseen way' };
  return event.output.ok ? null : event.output.failure;
}

function echoOf(event: Settled, { live }: OutboxContext): boolean | null {
  return 'output' in event && event.output.ok ? (event.output.value.live ?? live) : live;
}
