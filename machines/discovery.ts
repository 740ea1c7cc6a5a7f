import { assign, fromPromise, sendParent, setup } from 'xstate';
import { addedSince } from './rules/matching.ts';
import { NO_ANSWER } from './types.ts';
import type { Observation, Policy, Result } from './types.ts';
import type { WatcherReport } from './watcher/setup.ts';

export type DiscoveryEvent = { type: 'session.ready' } | { type: 'session.lost' };

/** What the discovery says to its supervisor. A look that failed is a question to qBittorrent that failed. */
export type DiscoveryReport =
  | { type: 'discovery.found'; found: readonly Observation[] }
  | Extract<WatcherReport, { type: 'watcher.failed' }>;

interface DiscoveryContext {
  policy: Policy;
  /** The newest torrents of the last look; `null` before the first, which only says what is old. */
  newest: readonly Observation[] | null;
  result: Result<Observation[]> | null;
}

const HOUR = 3_600_000;

/** Finds new torrents where no hook can call, by looking at the newest now and then. */
export const discoveryMachine = setup({
  types: {
    context: {} as DiscoveryContext,
    events: {} as DiscoveryEvent,
    input: {} as { policy: Policy },
  },
  actors: {
    /** The torrents that were added last, finished or not. */
    newest: fromPromise<Result<Observation[]>>(() =>
      Promise.reject(new Error('the discovery has no qBittorrent')),
    ),
  },
  guards: {
    off: ({ context }) => context.policy.discover === null,
    failed: ({ context }) => context.result?.ok === false,
  },
  actions: {
    noteResult: assign((_, { result }: { result: Result<Observation[]> }) => ({ result })),
    reportFound: sendParent(
      ({ context: { newest, result } }) =>
        ({
          type: 'discovery.found',
          found: newest === null || result?.ok !== true ? [] : addedSince(newest, result.value),
        }) satisfies DiscoveryReport,
    ),
    noteNewest: assign(({ context: { result } }) => (result?.ok === true ? { newest: result.value } : {})),
    reportFailure: sendParent(
      ({ context: { result } }) =>
        ({
          type: 'watcher.failed',
          failure: result?.ok === false ? result.failure : NO_ANSWER,
        }) satisfies DiscoveryReport,
    ),
  },
  delays: { discover: ({ context }) => context.policy.discover ?? HOUR },
}).createMachine({
  id: 'discovery',
  description: 'Finds new torrents where no hook can call.',
  context: ({ input: { policy } }) => ({ policy, newest: null, result: null }),
  initial: 'starting',
  states: {
    starting: { always: [{ guard: 'off', target: 'off' }, { target: 'asleep' }] },
    off: { description: 'The hook tells of new torrents.' },
    asleep: {
      description: 'Nobody is logged in.',
      on: { 'session.ready': 'looking' },
    },
    looking: {
      on: { 'session.lost': 'asleep' },
      invoke: {
        id: 'newest',
        src: 'newest',
        onDone: {
          target: 'judging',
          actions: { type: 'noteResult', params: ({ event }) => ({ result: event.output }) },
        },
      },
    },
    judging: {
      always: [
        { guard: 'failed', target: 'pausing', actions: 'reportFailure' },
        { target: 'pausing', actions: ['reportFound', 'noteNewest'] },
      ],
    },
    pausing: {
      on: { 'session.lost': 'asleep' },
      after: { discover: 'looking' },
    },
  },
});
