import { assign, fromPromise, sendParent, setup } from 'xstate';
import { match } from './rules/matching.ts';
import type { Match } from './rules/matching.ts';
import { isBusy, pollPause, repollPause, untilAnEnd } from './rules/pauses.ts';
import { NO_ANSWER } from './types.ts';
import type { Failure, Hash, Now, Observation, Policy, Result } from './types.ts';

export type WatcherEvent =
  | { type: 'watch'; hash: Hash }
  | { type: 'unwatch'; hash: Hash }
  | { type: 'hasten' }
  | { type: 'session.ready' }
  | { type: 'session.lost' };

/** What the watcher says to its supervisor. */
export type WatcherReport =
  /** `whole`: what a poll did not find could be looked up. */
  | ({ type: 'watcher.observed'; observations: readonly Observation[]; at: number; whole: boolean } & Match)
  | { type: 'watcher.failed'; failure: Failure };

/** A finished torrent may still be moved or checked: it is looked at this often, so many times. */
const HASTE = 1000;
const HASTY_POLLS = 4;

interface WatcherContext {
  policy: Policy;
  now: Now;
  /** Changed in place, by `assign` only: it takes effect before the guards that come next, a plain action after. */
  hashes: Set<Hash>;
  ready: boolean;
  /** A torrent came that no poll has asked for yet. */
  fresh: boolean;
  /** This poll is the first that asks for one of them: qBittorrent queues most for a moment when they are added. */
  first: boolean;
  /** Polls that come at once, since qBittorrent says that a torrent is finished. */
  hasty: number;
  /** Whether something moves, so that the next poll comes soon. */
  busy: boolean;
  /** Milliseconds until the first of them is about to end. */
  soonest: number;
  asked: readonly Hash[];
  observations: readonly Observation[];
  missing: readonly Hash[];
  failure: Failure | null;
  /** Polls that failed in a row. */
  failures: number;
}

const unprovided = () => Promise.reject(new Error('the watcher has no qBittorrent'));

/**
 * One poll for all tracked torrents, and none while there is none. What a poll misses is looked up once in the whole
 * list, by every hash a torrent has, before anybody is called removed.
 */
export const watcherMachine = setup({
  types: {
    context: {} as WatcherContext,
    events: {} as WatcherEvent,
    input: {} as { policy: Policy; now: Now },
  },
  actors: {
    /** The torrents with these IDs; the list is never empty. */
    observe: fromPromise<Result<Observation[]>, { hashes: readonly Hash[] }>(unprovided),
    /** Every torrent that qBittorrent has. */
    list: fromPromise<Result<Observation[]>>(unprovided),
  },
  guards: {
    wanted: ({ context }) => context.ready && context.hashes.size > 0,
    unwanted: ({ context }) => !context.ready || context.hashes.size === 0,
    fresh: ({ context }) => context.fresh,
    hasty: ({ context }) => context.hasty > 0,
    failed: ({ context }) => context.failure !== null,
    incomplete: ({ context }) => context.missing.length > 0,
  },
  actions: {
    watch: assign(({ context }, { hash }: { hash: Hash }) => {
      context.hashes.add(hash);
      return { fresh: true };
    }),
    unwatch: assign(({ context }, { hash }: { hash: Hash }) => {
      context.hashes.delete(hash);
      return {};
    }),
    ask: assign(({ context: { hashes, hasty, fresh } }) => ({
      asked: [...hashes],
      fresh: false,
      first: fresh,
      hasty: Math.max(0, hasty - 1),
    })),
    noteSeen: assign(({ context }, { result }: { result: Result<Observation[]> }) => {
      if (!result.ok) return { failure: result.failure, failures: context.failures + 1, missing: [] };
      const seen = new Set(result.value.map(({ hash }) => hash));
      const missing = context.asked.filter((hash) => context.hashes.has(hash) && !seen.has(hash));
      return {
        failure: null,
        // With some missing, the look at the list is still to come.
        failures: missing.length > 0 ? context.failures : 0,
        observations: result.value,
        missing,
        busy: context.first || missing.length > 0 || isBusy(result.value),
        soonest: untilAnEnd(result.value),
      };
    }),
    noteList: assign(({ context: { failures } }, { list }: { list: Result<Observation[]> }) =>
      list.ok ? { failures: 0 } : { failure: list.failure, failures: failures + 1 },
    ),
    report: sendParent(
      ({ context: { observations, now, missing } }, { list }: { list: Result<Observation[]> }) =>
        ({
          type: 'watcher.observed',
          observations,
          at: now(),
          whole: list.ok,
          // A list that failed proves nothing: what was not found waits for the next poll.
          ...(list.ok ? match(missing, list.value) : match([], [])),
        }) satisfies WatcherReport,
    ),
    reportFailure: sendParent(
      ({ context: { failure } }) =>
        ({ type: 'watcher.failed', failure: failure ?? NO_ANSWER }) satisfies WatcherReport,
    ),
    forget: assign({ observations: [], missing: [], asked: [] }),
  },
  delays: {
    gather: ({ context }) => context.policy.gather,
    pause: ({ context: { policy, busy, failures, hasty, soonest, hashes } }) => {
      if (hasty > 0) return Math.min(HASTE, policy.pollInterval);
      const interval = busy ? policy.pollInterval : Math.max(policy.pollInterval, policy.idleInterval);
      return failures === 0 ? pollPause(interval, soonest, hashes.size) : repollPause(failures, interval);
    },
  },
}).createMachine({
  id: 'watcher',
  description: 'One poll for all tracked torrents, and none while there is none.',
  context: ({ input }) => ({
    policy: input.policy,
    now: input.now,
    hashes: new Set(),
    ready: false,
    fresh: false,
    first: false,
    hasty: 0,
    busy: true,
    soonest: Infinity,
    asked: [],
    observations: [],
    missing: [],
    failure: null,
    failures: 0,
  }),
  on: {
    watch: { actions: { type: 'watch', params: ({ event }) => ({ hash: event.hash }) } },
    unwatch: { actions: { type: 'unwatch', params: ({ event }) => ({ hash: event.hash }) } },
    hasten: { actions: assign({ hasty: HASTY_POLLS }) },
    'session.ready': { actions: assign({ ready: true }) },
    'session.lost': { target: '.asleep', actions: assign({ ready: false }) },
  },
  initial: 'asleep',
  states: {
    asleep: {
      description: 'Nothing is tracked, or nobody is logged in: no request, no timer.',
      always: { guard: 'wanted', target: 'gathering' },
    },
    gathering: {
      description: 'New torrents often come in bursts: one poll for all of them.',
      always: [
        { guard: 'unwanted', target: 'asleep' },
        { guard: 'hasty', target: 'polling' },
      ],
      after: { gather: 'polling' },
    },
    polling: {
      entry: 'ask',
      invoke: {
        id: 'observe',
        src: 'observe',
        input: ({ context }) => ({ hashes: context.asked }),
        onDone: {
          target: 'judging',
          actions: { type: 'noteSeen', params: ({ event }) => ({ result: event.output }) },
        },
      },
    },
    judging: {
      always: [
        { guard: 'failed', target: 'resting', actions: 'reportFailure' },
        { guard: 'incomplete', target: 'matching' },
        {
          target: 'resting',
          actions: { type: 'report', params: { list: { ok: true, value: [] } } },
        },
      ],
    },
    matching: {
      description: 'Some were not found by their ID: one look at the whole list.',
      invoke: {
        id: 'list',
        src: 'list',
        onDone: {
          target: 'listed',
          actions: [
            { type: 'report', params: ({ event }) => ({ list: event.output }) },
            { type: 'noteList', params: ({ event }) => ({ list: event.output }) },
          ],
        },
      },
    },
    listed: {
      always: [{ guard: 'failed', target: 'resting', actions: 'reportFailure' }, { target: 'resting' }],
    },
    resting: {
      description: 'Until the next poll.',
      entry: 'forget',
      always: [
        { guard: 'unwanted', target: 'asleep' },
        { guard: 'fresh', target: 'gathering' },
      ],
      on: { hasten: { target: 'polling', actions: assign({ hasty: HASTY_POLLS }) } },
      after: { pause: 'polling' },
    },
  },
});
