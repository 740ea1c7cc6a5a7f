import { createTraffic } from './traffic.ts';
import { outboxSetup } from './setup.ts';
import { stopChildrenOnCrash } from '../stopping.ts';

export type { OutboxEvent, OutboxReport, Publication } from './setup.ts';

const machine = outboxSetup.createMachine({
  id: 'outbox',
  description: 'What leaves for ntfy: its order, its budget, its retries.',
  context: ({ input: { policy, now, findTorrent } }) => ({
    ...createTraffic(policy, now),
    askedAt: null,
    failure: null,
    findTorrent,
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
          { guard: 'mustPause', target: 'backingOff', actions: ['noteFailure', 'settle', 'reportFailure'] },
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
      on: { 'notification.publish': { actions: 'put' } },
      invoke: {
        id: 'allowance',
        src: 'allowance',
        onDone: {
          target: 'open.dispatching',
          actions: { type: 'noteAllowance', params: ({ event }) => ({ allowance: event.output }) },
        },
        onError: {
          target: 'open.dispatching',
          actions: [{ type: 'noteAllowance', params: { allowance: null } }, 'reportBug'],
        },
      },
      after: { allowanceOverdue: { actions: { type: 'crash', params: { request: 'allowance' } } } },
    },
    backingOff: {
      description: 'ntfy did not answer, or asked for a pause. What is newest keeps its place.',
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
 * What leaves for ntfy: its order, its budget, its retries. It keeps the newest of each torrent, sends terminal news
 * first and one message a card at a time.
 */
export const outboxMachine = stopChildrenOnCrash(machine);
