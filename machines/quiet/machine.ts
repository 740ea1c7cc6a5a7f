import { enqueueActions, setup } from 'xstate';
import type { NextId, Outcome, RequestedNotification } from '../domain.ts';
import type { OutboxEvent } from '../outbox/setup.ts';
import { composeDigests } from './compose.ts';
import { deliveredBy, isQuiet, recordDelivery } from './pending.ts';
import type { QuietDigest } from './pending.ts';

export type QuietEvent =
  /** The pending digest has another member, or one less. */
  | { type: 'quietDigest.changed' }
  | { type: 'notification.settled'; notification: RequestedNotification; outcome: Outcome };

export interface QuietInput {
  digest: QuietDigest;
  nextId: NextId;
}

/**
 * Milliseconds between two checks while a digest is pending. A timer for the whole night would end hours late: it does not
 * run while the computer is suspended, and ignores changes of the clock.
 */
const CHECK_INTERVAL = 60_000;

/** Milliseconds after a start until a digest is sent: the first polls show which alerts are over. */
const RESUME_TIME = 60_000;

const settle = {
  type: 'recordSettlement',
  params: ({ event }: { event: Extract<QuietEvent, { type: 'notification.settled' }> }) => event,
} as const;

/**
 * Sends one audible digest when quiet hours end. The outbox removes the sounds of the other notifications and collects
 * them (`passing.ts`). Without a pending digest there is no timer.
 */
export const quietMachine = setup({
  types: {
    context: {} as QuietInput,
    events: {} as QuietEvent,
    input: {} as QuietInput,
  },
  guards: {
    empty: ({ context }) => context.digest.members.size === 0,
    quiet: ({ context }) => isQuiet(context.digest),
  },
  actions: {
    publishDigests: enqueueActions(({ context: { digest, nextId }, enqueue, system }) => {
      const outbox = system.get('outbox');
      if (outbox === undefined) return;
      for (const notification of composeDigests(digest, nextId)) {
        const event: OutboxEvent = { type: 'notification.publish', notification };
        enqueue.sendTo(outbox, event);
      }
    }),
    /** In `enqueueActions`, because the guards of the same step read the digest. */
    recordSettlement: enqueueActions(
      (
        { context: { digest } },
        { notification, outcome }: { notification: RequestedNotification; outcome: Outcome },
      ) => {
        const delivered = outcome === 'accepted' ? deliveredBy(notification) : null;
        if (delivered !== null) recordDelivery(digest, delivered);
      },
    ),
  },
  delays: {
    resume: RESUME_TIME,
    check: ({ context: { digest } }) => {
      const at = digest.now();
      const until = digest.hours()?.periodAt(at).until ?? at;
      return Math.min(CHECK_INTERVAL, Math.max(1, until - at));
    },
  },
}).createMachine({
  id: 'quiet',
  description: 'Sends one digest with a sound when quiet hours end.',
  context: ({ input }) => input,
  on: { 'notification.settled': { actions: settle } },
  initial: 'resuming',
  states: {
    resuming: {
      description: 'After a start: the first polls show which of the stored alerts are over.',
      always: { guard: 'empty', target: 'idle' },
      after: { resume: 'deciding' },
    },
    deciding: {
      always: [
        { guard: 'empty', target: 'idle' },
        { guard: 'quiet', target: 'waiting' },
        { target: 'sending' },
      ],
    },
    idle: {
      description: 'Nothing is pending: no timer.',
      on: { 'quietDigest.changed': 'deciding' },
    },
    waiting: {
      description: 'A digest is pending. Each minute it checks whether the quiet hours are over.',
      always: { guard: 'empty', target: 'idle' },
      on: { 'quietDigest.changed': 'deciding' },
      after: { check: 'deciding' },
    },
    sending: {
      description: 'The outbox has the digest until ntfy accepts it: no timer.',
      entry: 'publishDigests',
      on: { 'quietDigest.changed': 'deciding' },
      always: { guard: 'empty', target: 'idle' },
    },
  },
});
