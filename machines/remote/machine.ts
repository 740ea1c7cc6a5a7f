import { stopChildrenOnCrash } from '../stopping.ts';
import { DONE, NO_SESSION } from './executing.ts';
import type { Execution } from './executing.ts';
import { login, loginSetup } from './login.ts';
import { executeInput, streamInput } from './inputs.ts';

export type { ExecuteInput, LastCommand, RemoteEvent, RemoteInput, StreamEvent } from './setup.ts';
export type { Execution } from './executing.ts';

const executionOf = ({ event }: { event: { output: Execution } }) => ({ execution: event.output });

/** Whether ntfy updates cards in place is asked before the first card with buttons. */
const support = loginSetup.createStateConfig({
  description: 'Buttons need an ntfy that updates cards in place.',
  initial: 'unknown',
  states: {
    unknown: { on: { 'support.wanted': { guard: 'supportUnknown', target: 'asking' } } },
    asking: {
      invoke: {
        id: 'support',
        src: 'support',
        onDone: {
          target: 'evaluating',
          actions: [
            { type: 'recordSupport', params: ({ event }) => ({ isSupported: event.output }) },
            { type: 'reportRetry', params: { type: 'support.settled' } },
          ],
        },
      },
      after: { supportOverdue: { actions: { type: 'crash', params: { request: 'support' } } } },
    },
    evaluating: { always: [{ guard: 'supportUnknown', target: 'pausing' }, { target: 'known' }] },
    pausing: {
      description: 'ntfy did not answer. The next card that needs buttons asks again.',
      after: { supportPause: 'unknown' },
    },
    known: {},
  },
});

const stream = loginSetup.createStateConfig({
  description: 'One connection, only while a card with buttons may be on the phone.',
  initial: 'deciding',
  states: {
    deciding: { always: [{ guard: 'inactive', target: 'asleep' }, { target: 'connected' }] },
    asleep: {
      description: 'No card has buttons: no connection, no timer.',
      on: { 'buttons.changed': { guard: 'active', target: 'connected' } },
    },
    connected: {
      invoke: { id: 'listen', src: 'listen', input: streamInput },
      initial: 'connecting',
      states: {
        connecting: {
          on: {
            'stream.opened': {
              target: 'listening',
              actions: ['recordOpened', { type: 'report', params: { type: 'commandTopic.opened' } }],
            },
          },
        },
        listening: {},
      },
      on: {
        'buttons.changed': { guard: 'inactive', target: 'asleep' },
        'cursor.moved': { actions: { type: 'moveCursor', params: ({ event }) => event } },
        'stream.failed': {
          target: 'backingOff',
          actions: [
            { type: 'recordFailed', params: ({ event }) => event },
            {
              type: 'report',
              params: ({ event: { failure } }) => ({ type: 'commandTopic.failed', failure }) as const,
            },
          ],
        },
      },
    },
    backingOff: {
      description: 'ntfy ended the connection, or does not accept one.',
      on: { 'buttons.changed': { guard: 'inactive', target: 'asleep' } },
      after: { streamPause: 'deciding' },
    },
  },
});

const commands = loginSetup.createStateConfig({
  description: 'Accepted presses are executed one after the other.',
  initial: 'choosing',
  states: {
    choosing: {
      always: [
        { guard: 'queueEmpty', target: 'idle' },
        { guard: 'gone', target: 'choosing', reenter: true, actions: 'dropFirst' },
        {
          guard: 'local',
          target: 'choosing',
          reenter: true,
          actions: { type: 'settle', params: { execution: DONE } },
        },
        { guard: 'ready', target: 'executing' },
        { target: 'waiting' },
      ],
    },
    idle: {
      on: {
        'press.received': {
          target: 'choosing',
          actions: { type: 'accept', params: ({ event: { press } }) => ({ press }) },
        },
      },
    },
    executing: {
      entry: 'countAttempt',
      invoke: {
        id: 'execute',
        src: 'execute',
        input: executeInput,
        onDone: [
          {
            guard: { type: 'sessionLost', params: executionOf },
            target: 'waiting',
            actions: { type: 'reportSessionLost', params: executionOf },
          },
          {
            guard: { type: 'otherDownload', params: executionOf },
            target: 'choosing',
            actions: [
              'dropFirst',
              { type: 'report', params: { type: 'command.rejected', reason: 'outdated' } },
            ],
          },
          { target: 'choosing', actions: { type: 'settle', params: executionOf } },
        ],
      },
      after: { commandOverdue: { actions: { type: 'crash', params: { request: 'command' } } } },
    },
    waiting: {
      description: 'There is no session with qBittorrent.',
      on: { 'session.ready': { target: 'choosing', actions: 'recordReady' } },
      after: {
        loginTime: { target: 'choosing', actions: { type: 'settle', params: { execution: NO_SESSION } } },
      },
    },
  },
});

/** The buttons of the cards: reads presses from the command topic, and executes them. Only if buttons are configured. */
export const remoteMachine = stopChildrenOnCrash(
  loginSetup.createMachine({
    id: 'remote',
    description: 'Reads presses of buttons from the command topic, and executes them.',
    context: ({ input }) => ({
      ...input,
      ready: false,
      queue: [],
      retry: null,
      failures: 0,
      failure: null,
      openedAt: null,
      last: null,
    }),
    type: 'parallel',
    entry: 'resumePresses',
    on: {
      'session.ready': { actions: 'recordReady' },
      'session.lost': { actions: 'recordLost' },
      'press.received': { actions: { type: 'accept', params: ({ event: { press } }) => ({ press }) } },
      'answer.*': { actions: { type: 'tellTorrent', params: ({ event }) => event } },
    },
    states: { support, stream, commands, login },
  }),
);
