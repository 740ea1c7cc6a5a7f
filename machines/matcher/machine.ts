import { assign, fromPromise, sendParent, setup } from 'xstate';
import { match } from './matching.ts';
import type { Match } from './matching.ts';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { listPause } from './retry.ts';
import { stopChildrenOnCrash } from '../stopping.ts';
import { NO_ANSWER } from '../domain.ts';
import type { Hash, Observation, Policy, QbittorrentFailed, Result } from '../domain.ts';

export type MatcherEvent =
  /** A poll has not found those of `polled`; `missing` are all that the polls do not find. */
  | { type: 'missing.polled'; polled: readonly Hash[]; missing: readonly Hash[] }
  /** Some were found meanwhile, or are tracked no more: these are left. */
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
  /** Lists that failed in a row. */
  failures: number;
  /** The last list was refused for want of a session: once more, it is the list that something refuses. */
  lost: boolean;
}

const machine = setup({
  types: {
    context: {} as MatcherContext,
    events: {} as MatcherEvent,
    input: {} as { policy: Policy },
  },
  actors: {
    /** Those of all torrents that have one of these hashes. */
    list: fromPromise<Result<Observation[]>, { hashes: readonly Hash[] }>(() =>
      Promise.reject(new Error('the matcher has no qBittorrent')),
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
    note: assign((_, { missing }: { missing: readonly Hash[] }) => ({ missing })),
    noteResult: assign(({ context: { failures } }, { result }: { result: Result<Observation[]> }) => ({
      result,
      failures: result.ok ? 0 : failures + 1,
      ...(result.ok ? { lost: false } : {}),
    })),
    noteLoss: assign({ lost: true }),
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
    forget: assign({ missing: [], result: null }),
  },
  delays: {
    listOverdue: overdueAfter('list'),
    pause: ({ context: { failures, policy } }) => listPause(failures, policy.retryMax),
  },
}).createMachine({
  id: 'matcher',
  description: 'Looks up in the whole list what the polls do not find.',
  context: ({ input: { policy } }) => ({ policy, missing: [], result: null, failures: 0, lost: false }),
  initial: 'idle',
  states: {
    idle: {
      description: 'Every torrent is found by its ID.',
      entry: 'forget',
      on: {
        'missing.polled': {
          target: 'listing',
          actions: { type: 'note', params: ({ event: { polled: missing } }) => ({ missing }) },
        },
      },
    },
    listing: {
      description: 'An answer to an older question proves nothing of what came later.',
      on: {
        'missing.changed': [
          { guard: { type: 'none', params: ({ event }) => event }, target: 'idle' },
          { actions: { type: 'note', params: ({ event }) => event } },
        ],
      },
      invoke: {
        id: 'list',
        src: 'list',
        input: ({ context: { missing } }) => ({ hashes: missing }),
        onDone: {
          target: 'judging',
          actions: { type: 'noteResult', params: ({ event }) => ({ result: event.output }) },
        },
      },
      after: { listOverdue: { actions: { type: 'crash', params: { request: 'list' } } } },
    },
    judging: {
      always: [
        { guard: 'succeeded', target: 'idle', actions: 'reportMatch' },
        { guard: 'unauthorized', target: 'idle', actions: ['reportSessionLost', 'noteLoss'] },
        { target: 'pausing' },
      ],
    },
    pausing: {
      description: 'The list failed: it is tried again, less and less often, while polls go on.',
      on: {
        'missing.polled': { actions: { type: 'note', params: ({ event }) => event } },
        'missing.changed': [
          { guard: { type: 'none', params: ({ event }) => event }, target: 'idle' },
          { actions: { type: 'note', params: ({ event }) => event } },
        ],
      },
      after: { pause: 'listing' },
    },
  },
});

/**
 * Looks up in the whole list what the polls do not find, by every hash a torrent has. The list can be large and slow:
 * polls go on beside it, and where it fails it is tried again, less and less often.
 */
export const matcherMachine = stopChildrenOnCrash(machine);
