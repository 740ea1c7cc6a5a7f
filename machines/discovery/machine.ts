import { assign, enqueueActions, fromPromise, sendParent, setup } from 'xstate';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { readNewest, WINDOW } from './newest.ts';
import type { Newest, Reading } from './newest.ts';
import { stopChildrenOnCrash } from '../stopping.ts';
import { NO_ANSWER } from '../domain.ts';
import type { Failure, Observation, Policy, Result } from '../domain.ts';
import type { WatcherReport } from '../watcher/setup.ts';

export type DiscoveryEvent = { type: 'session.ready' } | { type: 'session.lost' };

/** What the discovery says to its supervisor. A look that failed is a question to qBittorrent that failed. */
export type DiscoveryReport =
  /** qBittorrent has answered; what is new, if anything. */
  | { type: 'discovery.found'; found: readonly Observation[] }
  /** It first knows what is old only now: what came since the session began has to be looked for. */
  | { type: 'rescan'; why: 'late' }
  | Extract<WatcherReport, { type: 'qbittorrent.failed' }>;

interface DiscoveryContext {
  policy: Policy;
  /** What the last look has left; `null` before the first, which only says what is old. */
  newest: Newest | null;
  /** The first look failed, or was broken off. */
  late: boolean;
  /** Torrents that a look asks for at most. */
  limit: number;
  reading: Reading | null;
  failure: Failure | null;
}

const HOUR = 3_600_000;

const machine = setup({
  types: {
    context: {} as DiscoveryContext,
    events: {} as DiscoveryEvent,
    input: {} as { policy: Policy },
  },
  actors: {
    /** The torrents that were added last, finished or not, the newest first. */
    newest: fromPromise<Result<Observation[]>, { limit: number }>(() =>
      Promise.reject(new Error('the discovery has no qBittorrent')),
    ),
  },
  guards: {
    off: ({ context }) => context.policy.discover === null,
    failed: ({ context }) => context.failure !== null,
    tooSmall: ({ context }) => context.reading?.kind === 'more',
  },
  actions: {
    crash: (_, { request }: { request: RequestName }) => failOverdue(request),
    noteResult: assign(({ context: { newest, limit } }, { result }: { result: Result<Observation[]> }) =>
      result.ok
        ? { failure: null, reading: readNewest(newest, result.value, limit) }
        : { failure: result.failure, reading: null },
    ),
    widen: assign(({ context: { reading, limit } }) => ({
      limit: reading?.kind === 'more' ? reading.limit : limit,
    })),
    reportFound: enqueueActions(({ context: { reading, newest, late }, enqueue }) => {
      const found = reading?.kind === 'done' ? reading.found : [];
      enqueue(sendParent({ type: 'discovery.found', found } satisfies DiscoveryReport));
      if (newest === null && late)
        enqueue(sendParent({ type: 'rescan', why: 'late' } satisfies DiscoveryReport));
    }),
    noteNewest: assign(({ context: { reading } }) =>
      reading?.kind === 'done' ? { newest: reading.newest, reading: null } : {},
    ),
    reportFailure: sendParent(
      ({ context: { failure } }) =>
        ({ type: 'qbittorrent.failed', failure: failure ?? NO_ANSWER }) satisfies DiscoveryReport,
    ),
    noteLate: assign(({ context: { newest } }) => ({ late: newest === null })),
    beginSmall: assign({ limit: WINDOW }),
  },
  delays: {
    newestOverdue: overdueAfter('newest'),
    discover: ({ context }) => context.policy.discover ?? HOUR,
  },
}).createMachine({
  id: 'discovery',
  description: 'Finds new torrents where no hook can call.',
  context: ({ input: { policy } }) => ({
    policy,
    newest: null,
    late: false,
    limit: WINDOW,
    reading: null,
    failure: null,
  }),
  initial: 'starting',
  states: {
    starting: { always: [{ guard: 'off', target: 'off' }, { target: 'asleep' }] },
    off: { description: 'The hook tells of new torrents.' },
    asleep: {
      description: 'Nobody is logged in.',
      on: { 'session.ready': 'looking' },
    },
    looking: {
      on: { 'session.lost': { target: 'asleep', actions: ['noteLate', 'beginSmall'] } },
      invoke: {
        id: 'newest',
        src: 'newest',
        input: ({ context: { limit } }) => ({ limit }),
        onDone: {
          target: 'judging',
          actions: { type: 'noteResult', params: ({ event }) => ({ result: event.output }) },
        },
      },
      after: { newestOverdue: { actions: { type: 'crash', params: { request: 'newest' } } } },
    },
    judging: {
      description: 'More may have been added since the last look than the answer holds.',
      always: [
        { guard: 'failed', target: 'pausing', actions: ['reportFailure', 'noteLate'] },
        { guard: 'tooSmall', target: 'looking', actions: 'widen' },
        { target: 'pausing', actions: ['reportFound', 'noteNewest'] },
      ],
    },
    pausing: {
      entry: 'beginSmall',
      on: { 'session.lost': 'asleep' },
      after: { discover: 'looking' },
    },
  },
});

/** Finds new torrents where no hook can call, by looking at the newest now and then. */
export const discoveryMachine = stopChildrenOnCrash(machine);
