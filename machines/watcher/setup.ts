import { assign, enqueueActions, fromPromise, sendParent, setup } from 'xstate';
import { resetPolls, chooseHashes, markUrgent, recordPoll, pauseOf, unwatch, watch } from './poll-set.ts';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { matcherMachine } from '../matcher/machine.ts';
import type { Match } from '../matcher/matching.ts';
import { addressSlice, MISSED_SLICE, pauseBetweenSlices, sliceOf } from './addressing.ts';
import type { WatcherContext, WatcherEvent, WatcherInput, WatcherReport } from './types.ts';
import { DEFAULT_COMPLETION, NO_ANSWER } from '../domain.ts';
import type { CompletionSettings, Hash, Observation, QbittorrentFailed, Result } from '../domain.ts';

/** Milliseconds for which the settings are believed: completions ask for them at most this often. */
const SETTINGS_FRESH = 30_000;

export const NO_MATCH: Match = { renamed: [], missed: [] };

const isComplete = ({ phase }: Observation): boolean => phase === 'complete';

const unprovided = () => Promise.reject(new Error('the watcher has no qBittorrent'));

/** What the watcher knows and can do; its chart is in `./machine.ts`. */
export const watcherSetup = setup({
  types: {
    context: {} as WatcherContext,
    events: {} as WatcherEvent,
    input: {} as WatcherInput,
  },
  actors: {
    /** The torrents with these IDs; the list is never empty. */
    observe: fromPromise<Result<Observation[]>, { hashes: readonly Hash[] }>(unprovided),
    matcher: matcherMachine,
    /** qBittorrent's preferences; without this actor they are taken for its defaults. */
    settings: fromPromise<Result<CompletionSettings>>(() =>
      Promise.resolve({ ok: true, value: DEFAULT_COMPLETION }),
    ),
  },
  guards: {
    wanted: ({ context: { ready, looks } }) => ready && looks.hashes.size > 0,
    unwanted: ({ context: { ready, looks } }) => !ready || looks.hashes.size === 0,
    fresh: ({ context }) => context.looks.fresh.size > 0,
    hasty: ({ context }) => context.looks.urgent.size > 0,
    failed: ({ context }) => context.failure !== null,
    /** Something is finished, and it is not known whether qBittorrent checks it again. */
    needsSettings: ({ context: { observations, matched, completionReadAt, now } }) =>
      (completionReadAt === null || Math.abs(now() - completionReadAt) >= SETTINGS_FRESH) &&
      [...observations, ...matched.renamed.map(({ observation }) => observation)].some(isComplete),
    untold: ({ context: { observations, matched } }) =>
      observations.length + matched.renamed.length + matched.missed.length > 0,
  },
  actions: {
    crash: (_, { request }: { request: RequestName }) => failOverdue(request),
    watch: assign(({ context: { looks, keys } }, { hash, key }: { hash: Hash; key: Hash }) => {
      watch(looks, hash);
      keys.set(hash, key);
      return {};
    }),
    unwatch: enqueueActions(({ context: { looks, keys, missing }, enqueue }, { hash }: { hash: Hash }) => {
      enqueue.assign(() => {
        unwatch(looks, hash);
        keys.delete(hash);
        return {};
      });
      if (missing.delete(hash)) enqueue.sendTo('matcher', { type: 'missing.changed', missing: [...missing] });
    }),
    pollNow: assign(({ context: { looks } }, { hash }: { hash: Hash | null }) => {
      markUrgent(looks, hash);
      return {};
    }),
    beginAnew: assign(({ context: { looks } }) => {
      resetPolls(looks);
      return {};
    }),
    ask: assign(({ context: { looks, now, policy } }) => ({
      asked: chooseHashes(looks, now(), policy.gather),
      askedAt: now(),
    })),
    noteSeen: assign(({ context }, { result }: { result: Result<Observation[]> }) => {
      const { looks, asked, policy, failures, missing } = context;
      if (!result.ok) {
        resetPolls(looks);
        return { failure: result.failure, failures: failures + 1 };
      }
      const at = context.now();
      const observations = result.value;
      const missed = recordPoll(looks, asked, observations, { now: at, policy });
      for (const { hash } of observations) missing.delete(hash);
      for (const hash of missed) missing.add(hash);
      return { failure: null, failures: 0, at, observations };
    }),
    /** Has looked up what this poll did not find; or says that all is found again. */
    lookUp: enqueueActions(({ context: { asked, missing, looking }, enqueue }) => {
      const polled = missing.size === 0 ? [] : asked.filter((hash) => missing.has(hash));
      enqueue.assign({ looking: missing.size > 0 });
      if (polled.length > 0)
        enqueue.sendTo('matcher', { type: 'missing.polled', polled, missing: [...missing] });
      else if (missing.size === 0 && looking)
        enqueue.sendTo('matcher', { type: 'missing.changed', missing: [] });
    }),
    forgetMissing: enqueueActions(({ context: { missing }, enqueue }) => {
      enqueue.assign(() => {
        missing.clear();
        return { looking: false, matched: NO_MATCH };
      });
      enqueue.sendTo('matcher', { type: 'missing.changed', missing: [] });
    }),
    noteMatched: assign(({ context }, { match }: { match: Match }) => {
      const { missing, matched, observations, now, at } = context;
      return {
        at: observations.length === 0 ? now() : at,
        matched: {
          renamed: [...matched.renamed, ...match.renamed.filter(({ from }) => missing.has(from))],
          missed: [...matched.missed, ...match.missed.filter((hash) => missing.has(hash))],
        },
      };
    }),
    /** Should it fail, the last answer holds. */
    noteSettings: assign(({ context }, { result }: { result: Result<CompletionSettings> }) =>
      result.ok ? { completion: result.value, completionReadAt: context.now() } : {},
    ),
    /** What may be held back is asked for each second. */
    watchHeld: assign(({ context: { looks, observations, completion } }) => {
      for (const torrent of observations.filter(isComplete))
        if (completion.rechecks || torrent.downloaded === 0) markUrgent(looks, torrent.hash);
      return {};
    }),
    deliver: enqueueActions(({ context, enqueue }) => {
      for (const { torrent, event } of addressSlice(context)) enqueue.sendTo(torrent, event);
    }),
    reportAnswer: enqueueActions(({ system, enqueue }) => {
      const incident = system.get('incident');
      if (incident !== undefined) enqueue.sendTo(incident, { type: 'qbittorrent.recovered' });
    }),
    /** The list was asked for before the last poll, it is not known how long: it refutes no finish hook. */
    reportRenamed: enqueueActions(({ context, enqueue }) => {
      const { at, completion, matched } = context;
      const renamed = matched.renamed.slice(0, sliceOf(context));
      if (renamed.length === 0) return;
      enqueue(
        sendParent({
          type: 'torrents.renamed',
          renamed,
          at,
          askedAt: -Infinity,
          completion,
        } satisfies WatcherReport),
      );
    }),
    nextSlice: assign(({ context }) => {
      const { observations, matched } = context;
      const slice = sliceOf(context);
      return {
        observations: observations.slice(slice),
        matched: { renamed: matched.renamed.slice(slice), missed: matched.missed.slice(MISSED_SLICE) },
      };
    }),
    reportFailure: sendParent(
      ({ context: { failure } }) =>
        ({
          type: 'qbittorrent.failed',
          failure: failure ?? NO_ANSWER,
          during: 'poll',
        }) satisfies WatcherReport,
    ),
    forwardFailure: sendParent((_, failed: QbittorrentFailed) => failed),
    forget: assign({ observations: [], asked: [] }),
  },
  delays: {
    observeOverdue: overdueAfter('observe'),
    settingsOverdue: overdueAfter('settings'),
    gather: ({ context }) => context.policy.gather,
    slicePause: ({ context }) => pauseBetweenSlices(context),
    pause: ({ context: { looks, failures, now, policy } }) =>
      pauseOf(looks, failures, { now: now(), policy }),
  },
});
