import { assign, fromPromise, sendParent, setup } from 'xstate';
import { match } from './matching.ts';
import type { Match } from './matching.ts';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { listPause } from './retry.ts';
import { stopChildrenOnCrash } from '../stopping.ts';
import { NO_ANSWER } from '../domain.ts';
import type { Hash, Observation, QbittorrentFailed, Result } from '../domain.ts';
import type { Policy } from '../policy.ts';

export type MatcherEvent =
  /** The last poll did not find `polled`; `missing` are all torrents that polls do not find. */
  | { type: 'missing.polled'; polled: readonly Hash[]; missing: readonly Hash[] }
  /** Some were found meanwhile, or are no longer tracked: these remain. */
  | { type: 'missing.changed'; missing: readonly Hash[] };

/**
 * What the matcher reports to the watcher. Of the failures only a lost session is reported: polls show whether
 * qBittorrent answers.
 */
export type MatcherReport = { type: 'missing.matched'; match: Match } | QbittorrentFailed;

interface MatcherContext {
  policy: Policy;
  missing: readonly Hash[];
  result: Result<Observation[]> | null;
  /** Lists in a row that failed. */
  failures: number;
  /** The last list was refused as unauthorized. If the next one is, too, only the list is refused, not the session. */
  lost: boolean;
}

const machine = setup({
  types: {
    context: {} as MatcherContext,
    events: {} as MatcherEvent,
    input: {} as { policy: Policy },
  },
  actors: {
    /** The torrents in the whole list that have one of these hashes. */
    list: fromPromise<Result<Observation[]>, { hashes: readonly Hash[] }>(() =>
      Promise.reject(new Error('list is not provided')),
    ),
  },
  guards: {
    none: (_, { missing }: { missing: readonly Hash[] }) => missing.length === 0,
    succeeded: ({ context }) => context.result?.ok === true,
    unauthorized: ({ context: { result, lost } }) =>
      !lost && result?.ok === false && result.failure.kind === 'unauthorized',
  },
  actions: {
    crash: (_, { request }: { request: RequestName }) => failOverdue(request),
    setMissing: assign((_, { missing }: { missing: readonly Hash[] }) => ({ missing })),
    recordResult: assign(({ context: { failures } }, { result }: { result: Result<Observation[]> }) => ({
      result,
      failures: result.ok ? 0 : failures + 1,
      ...(result.ok ? { lost: false } : {}),
    })),
    recordLoss: assign({ lost: true }),
    reportMatch: sendParent(
      ({ context: { missing, result } }) =>
        ({
          type: 'missing.matched',
          match: match(missing, result?.ok === true ? result.value : []),
        }) satisfies MatcherReport,
    ),
    reportSessionLost: sendParent(
      ({ context: { result } }) =>
        ({
          type: 'qbittorrent.failed',
          failure: result?.ok === false ? result.failure : NO_ANSWER,
          during: 'list',
        }) satisfies MatcherReport,
    ),
    clear: assign({ missing: [], result: null }),
  },
  delays: {
    listOverdue: overdueAfter('list'),
    pause: ({ context: { failures, policy } }) => listPause(failures, policy.retryMax),
  },
}).createMachine({
  id: 'matcher',
  description: 'Searches the whole list for torrents that polls do not find.',
  context: ({ input: { policy } }) => ({ policy, missing: [], result: null, failures: 0, lost: false }),
  initial: 'idle',
  states: {
    idle: {
      description: 'Polls find every torrent by its ID.',
      entry: 'clear',
      on: {
        'missing.polled': {
          target: 'listing',
          actions: { type: 'setMissing', params: ({ event: { polled: missing } }) => ({ missing }) },
        },
      },
    },
    listing: {
      description: 'Only torrents that were missing before the request are matched.',
      on: {
        'missing.changed': [
          { guard: { type: 'none', params: ({ event }) => event }, target: 'idle' },
          { actions: { type: 'setMissing', params: ({ event }) => event } },
        ],
      },
      invoke: {
        id: 'list',
        src: 'list',
        input: ({ context: { missing } }) => ({ hashes: missing }),
        onDone: {
          target: 'evaluating',
          actions: { type: 'recordResult', params: ({ event }) => ({ result: event.output }) },
        },
      },
      after: { listOverdue: { actions: { type: 'crash', params: { request: 'list' } } } },
    },
    evaluating: {
      always: [
        { guard: 'succeeded', target: 'idle', actions: 'reportMatch' },
        { guard: 'unauthorized', target: 'idle', actions: ['reportSessionLost', 'recordLoss'] },
        { target: 'pausing' },
      ],
    },
    pausing: {
      description: 'The list failed: it is requested again, with exponential backoff, while polls continue.',
      on: {
        'missing.polled': { actions: { type: 'setMissing', params: ({ event }) => event } },
        'missing.changed': [
          { guard: { type: 'none', params: ({ event }) => event }, target: 'idle' },
          { actions: { type: 'setMissing', params: ({ event }) => event } },
        ],
      },
      after: { pause: 'listing' },
    },
  },
});

/**
 * Searches the whole list for torrents that polls do not find, by every hash a torrent has. The list can be large and
 * slow: polls continue meanwhile, and a list that fails is requested again with exponential backoff.
 */
export const matcherMachine = stopChildrenOnCrash(machine);
