import { assign, enqueueActions, sendParent } from 'xstate';
import type { Failure } from '../domain.ts';
import { accepting } from './accepting.ts';
import { retryWait } from './login-button.ts';
import { retriesOf } from './presses.ts';
import { setPending } from './retrying.ts';
import type { AcceptedPress, RemoteReport, RetryReport } from './types.ts';

/** Adds: presses of "Try again". */
export const loginSetup = accepting.extend({
  actions: {
    recordRetry: assign((_, { press }: { press: AcceptedPress }) => ({ retry: press })),
    reportRetry: sendParent((_, report: RetryReport) => report),
    settleRetry: enqueueActions(({ context, enqueue }, { failure }: { failure: Failure | null }) => {
      const { remote, retry, now } = context;
      if (retry === null) return;
      const { command } = retry;
      const { action, key } = command;
      setPending(remote, false);
      enqueue.assign({ retry: null, last: { action, key, at: now(), failure } });
      enqueue(sendParent({ type: 'command.executed', command, failure } satisfies RemoteReport));
      const answer = { action, failure, sharesFiles: null };
      enqueue(sendParent({ type: 'retry.settled', answer } satisfies RetryReport));
    }),
  },
  delays: {
    retryWait: ({ context }) => Math.max(1, retryWait(retriesOf(context.remote))),
  },
});

/** The session logs in: no press is executed without one. */
export const login = loginSetup.createStateConfig({
  description: 'A press of "Try again" logs in once, when qBittorrent has refused the password or key.',
  initial: 'idle',
  states: {
    idle: {
      on: {
        'retry.accepted': {
          target: 'pressed',
          actions: [
            { type: 'recordRetry', params: ({ event }) => event },
            { type: 'reportRetry', params: { type: 'retry.accepted' } },
          ],
        },
      },
    },
    pressed: {
      description: 'Until the next login has succeeded or failed, whatever caused it.',
      initial: 'waiting',
      states: {
        waiting: {
          description: 'The login of another press was less than ten seconds ago.',
          after: { retryWait: 'loggingIn' },
        },
        loggingIn: { entry: { type: 'reportRetry', params: { type: 'login.wanted' } } },
      },
      on: {
        'session.ready': {
          target: 'idle',
          actions: ['recordReady', { type: 'settleRetry', params: { failure: null } }],
        },
        'login.failed': {
          target: 'idle',
          actions: { type: 'settleRetry', params: ({ event: { failure } }) => ({ failure }) },
        },
      },
    },
  },
});
