import { assign, enqueueActions, fromPromise, sendParent, setup } from 'xstate';
import { resetPolls, chooseHashes, markUrgent, recordPoll, pauseOf, unwatch, watch } from './poll-set.ts';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { matcherMachine } from '../matcher/machine.ts';
import type { Match } from '../matcher/matching.ts';
import { addressSlice, MISSED_PER_SLICE, pauseBetweenSlices, observationsPerSlice } from './addressing.ts';
import type { WatcherContext, WatcherEvent, WatcherInput, WatcherReport } from './types.ts';
import { DEFAULT_COMPLETION, NO_ANSWER } from '../domain.ts';
import type { CompletionSettings, Hash, Observation, QbittorrentFailed, Result } from '../domain.ts';

/** Milliseconds for which the settings are used: completions request them at most this often. */
const SETTINGS_MAX_AGE = 30_000;

export const NO_MATCH: Match = { renamed: [], missed: [] };

const isComplete = ({ phase }: Observation): boolean => phase === 'complete';
const isDownloaded = ({ phase, downloaded }: Observation): boolean => phase === 'complete' && downloaded > 0;

const unprovided = () => Promise.reject(new Error('the watcher has no qBittorrent'));

/** Guards and actions of the watcher; its chart is in `./machine.ts`. */
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
    /** qBittorrent's preferences; without this actor, its defaults are used. */
    settings: fromPromise<Result<CompletionSettings>>(() =>
      Promise.resolve({ ok: true, value: DEFAULT_COMPLETION }),
    ),
  },
  guards: {
    active: ({ context: { ready, pollSet } }) => ready && pollSet.hashes.size > 0,
    inactive: ({ context: { ready, pollSet } }) => !ready || pollSet.hashes.size === 0,
    fresh: ({ context }) => context.pollSet.fresh.size > 0,
    urgent: ({ context }) => context.pollSet.urgent.size > 0,
    failed: ({ context }) => context.failure !== null,
    /** A torrent is finished, and it is unknown whether qBittorrent rechecks it. */
    needsSettings: ({ context: { observations, matched, completionReadAt, now } }) =>
      (completionReadAt === null || Math.abs(now() - completionReadAt) >= SETTINGS_MAX_AGE) &&
      [...observations, ...matched.renamed.map(({ observation }) => observation)].some(isComplete),
    hasMoreEvents: ({ context: { observations, delivered, matched } }) =>
      observations.length - delivered + matched.renamed.length + matched.missed.length > 0,
  },
  actions: {
    crash: (_, { request }: { request: RequestName }) => failOverdue(request),
    watch: assign(({ context: { pollSet, keys } }, { hash, key }: { hash: Hash; key: Hash }) => {
      watch(pollSet, hash);
      keys.set(hash, key);
      return {};
    }),
    unwatch: enqueueActions(({ context: { pollSet, keys, missing }, enqueue }, { hash }: { hash: Hash }) => {
      enqueue.assign(() => {
        unwatch(pollSet, hash);
        keys.delete(hash);
        return {};
      });
      if (missing.delete(hash)) enqueue.sendTo('matcher', { type: 'missing.changed', missing: [...missing] });
    }),
    pollNow: assign(({ context: { pollSet } }, { hashes }: { hashes: readonly Hash[] | null }) => {
      markUrgent(pollSet, hashes);
      return {};
    }),
    resetPolls: assign(({ context: { pollSet } }) => {
      resetPolls(pollSet);
      return {};
    }),
    choosePoll: assign(({ context: { pollSet, now, policy } }) => ({
      asked: chooseHashes(pollSet, now(), policy.gatherTime),
      askedAt: now(),
    })),
    recordAnswer: assign(({ context }, { result }: { result: Result<Observation[]> }) => {
      const { pollSet, asked, policy, failures, missing } = context;
      if (!result.ok) {
        resetPolls(pollSet);
        return { failure: result.failure, failures: failures + 1 };
      }
      const at = context.now();
      const observations = result.value;
      const missed = recordPoll(pollSet, asked, observations, { now: at, policy });
      for (const { hash } of observations) missing.delete(hash);
      for (const hash of missed) missing.add(hash);
      return {
        failure: null,
        failures: 0,
        at,
        observations,
        delivered: 0,
        complete: observations.filter(isDownloaded).length,
      };
    }),
    /** Sends the torrents that this poll did not find to the matcher, or that none is missing any more. */
    requestMatch: enqueueActions(({ context: { asked, missing, isMatching }, enqueue }) => {
      const polled = missing.size === 0 ? [] : asked.filter((hash) => missing.has(hash));
      enqueue.assign({ isMatching: missing.size > 0 });
      if (polled.length > 0)
        enqueue.sendTo('matcher', { type: 'missing.polled', polled, missing: [...missing] });
      else if (missing.size === 0 && isMatching)
        enqueue.sendTo('matcher', { type: 'missing.changed', missing: [] });
    }),
    clearMissing: enqueueActions(({ context: { missing }, enqueue }) => {
      enqueue.assign(() => {
        missing.clear();
        return { isMatching: false, matched: NO_MATCH };
      });
      enqueue.sendTo('matcher', { type: 'missing.changed', missing: [] });
    }),
    recordMatch: assign(({ context }, { match }: { match: Match }) => {
      const { missing, matched, observations, delivered, now, at } = context;
      return {
        at: observations.length === delivered ? now() : at,
        matched: {
          renamed: [...matched.renamed, ...match.renamed.filter(({ from }) => missing.has(from))],
          missed: [...matched.missed, ...match.missed.filter((hash) => missing.has(hash))],
        },
      };
    }),
    /** If the request fails, the previous settings are used. */
    recordSettings: assign(({ context }, { result }: { result: Result<CompletionSettings> }) =>
      result.ok ? { completion: result.value, completionReadAt: context.now() } : {},
    ),
    /** A finished state that may not be final is polled each second. */
    repollFinished: assign(({ context: { pollSet, observations, completion } }) => {
      for (const torrent of observations.filter(isComplete))
        if (completion.rechecks || torrent.downloaded === 0) markUrgent(pollSet, [torrent.hash]);
      return {};
    }),
    deliver: enqueueActions(({ context, enqueue }) => {
      for (const { torrent, event } of addressSlice(context)) enqueue.sendTo(torrent, event);
    }),
    reportRecovered: enqueueActions(({ system, enqueue }) => {
      const incident = system.get('incident');
      if (incident !== undefined) enqueue.sendTo(incident, { type: 'qbittorrent.recovered' });
    }),
    /** The list was requested before the last poll, so it refutes no finish hook. */
    reportRenamed: enqueueActions(({ context, enqueue }) => {
      const { at, completion, matched, complete } = context;
      const renamed = matched.renamed.slice(0, observationsPerSlice(context));
      if (renamed.length === 0) return;
      enqueue(
        sendParent({
          type: 'torrents.renamed',
          renamed,
          at,
          askedAt: -Infinity,
          completion,
          complete,
        } satisfies WatcherReport),
      );
    }),
    nextSlice: assign(({ context }) => {
      const { observations, delivered, matched } = context;
      const slice = observationsPerSlice(context);
      return {
        delivered: Math.min(observations.length, delivered + slice),
        matched: { renamed: matched.renamed.slice(slice), missed: matched.missed.slice(MISSED_PER_SLICE) },
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
    clearPoll: assign({ observations: [], delivered: 0, asked: [] }),
  },
  delays: {
    observeOverdue: overdueAfter('observe'),
    settingsOverdue: overdueAfter('settings'),
    gather: ({ context }) => context.policy.gatherTime,
    slicePause: ({ context }) => pauseBetweenSlices(context),
    pause: ({ context: { pollSet, failures, now, policy } }) =>
      pauseOf(pollSet, failures, { now: now(), policy }),
  },
});
