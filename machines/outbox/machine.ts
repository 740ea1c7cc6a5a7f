import { createTraffic } from './traffic.ts';
import { outboxSetup } from './setup.ts';
import { stopChildrenOnCrash } from '../stopping.ts';

export type { OutboxEvent, OutboxReport, Publication } from './setup.ts';

const machine = outboxSetup.createMachine({
  id: 'outbox',
  description: 'Sends notifications to ntfy: order, budget, retries.',
  context: ({ input }) => ({
    ...createTraffic(input),
    askedAt: null,
    failure: null,
    findTorrent: input.findTorrent,
    quietDigest: input.quietDigest ?? null,
  }),
  on: {
    'publish.overdue': { actions: { type: 'crash', params: { request: 'publish' } } },
  },
  initial: 'open',
  states: {
    open: {
      initial: 'idle',
      on: {
        'notification.publish': [
          { guard: 'informed', target: '.dispatching', actions: 'put' },
          { target: 'asking', actions: 'put' },
        ],
        'xstate.done.actor.*': [
          { guard: 'mustPause', target: 'backingOff', actions: ['recordFailure', 'settle', 'reportFailure'] },
          { target: '.dispatching', actions: 'settle' },
        ],
        'xstate.error.actor.*': {
          description: 'A bug in our own code: only this message waits.',
          target: '.dispatching',
          actions: 'settle',
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
        idle: { description: 'Nothing to send: no timer.' },
        sending: { description: 'All that may be sent is being sent.' },
        throttled: {
          description: 'A notification waits for the budget, or until its card is 1.1 s old.',
          after: { pace: 'dispatching' },
        },
      },
    },
    asking: {
      description:
        'Reads the limits of the server, before the first message and every ten minutes while sending.',
      on: { 'notification.publish': { actions: 'put' } },
      invoke: {
        id: 'allowance',
        src: 'allowance',
        onDone: {
          target: 'open.dispatching',
          actions: { type: 'recordAllowance', params: ({ event }) => ({ allowance: event.output }) },
        },
        onError: {
          target: 'open.dispatching',
          actions: [{ type: 'recordAllowance', params: { allowance: null } }, 'reportBug'],
        },
      },
      after: { allowanceOverdue: { actions: { type: 'crash', params: { request: 'allowance' } } } },
    },
    backingOff: {
      description:
        'ntfy did not answer, or its limit is reached. Newer notifications still replace older ones.',
      on: {
        'notification.publish': { actions: 'put' },
        'xstate.done.actor.*': [
          { guard: 'mustNotPause', target: 'open.dispatching', actions: 'settle' },
          { actions: 'settle' },
        ],
        'xstate.error.actor.*': { actions: 'settle' },
      },
      after: { pause: 'open.dispatching' },
    },
  },
});

/**
 * Sends notifications to ntfy: order, budget, retries. It sends the newest state of each card, completions first, and
 * one message per card at a time.
 */
export const outboxMachine = stopChildrenOnCrash(machine);
