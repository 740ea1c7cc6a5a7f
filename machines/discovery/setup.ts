import { assign, enqueueActions, fromPromise, sendParent, setup } from 'xstate';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { readNewest, FIRST_WINDOW } from './newest.ts';
import type { Newest, Reading } from './newest.ts';
import { scanPause } from './retry.ts';
import { NO_ANSWER } from '../domain.ts';
import type { Failure, Observation, QbittorrentFailed, Result } from '../domain.ts';
import type { Policy } from '../policy.ts';

export type DiscoveryEvent =
  | { type: 'session.ready' }
  | { type: 'session.lost' }
  /** Torrents may have been added or finished that no hook has named. */
  | { type: 'rescan' }
  /** More torrents may be tracked again, after some were left out. */
  | { type: 'capacity.freed' };

/** What discovery reports to the supervisor. */
export type DiscoveryReport =
  /** qBittorrent has answered; the torrents that a scan or the newest ones show, if any. */
  | { type: 'torrents.found'; found: readonly Observation[] }
  /** The first request for the newest torrents failed and one succeeded only now: a scan finds what came before it. */
  | { type: 'discovery.delayed' }
  | QbittorrentFailed;

interface DiscoveryContext {
  policy: Policy;
  /** Scans in a row that failed. */
  scanFailures: number;
  /** A rescan was requested after the current scan began, so its answer may not show what is to be found. */
  outdated: boolean;
  /** From the last answer; `null` before the first, which only shows which torrents are not new. */
  newest: Newest | null;
  /** The first request for the newest torrents failed, or was cancelled. */
  delayed: boolean;
  /** Torrents that a request for the newest ones asks for at most. */
  limit: number;
  reading: Reading | null;
  failure: Failure | null;
}

type Observations = Result<Observation[]>;

const HOUR = 3_600_000;

const unprovided = () => Promise.reject(new Error('discovery has no qBittorrent'));

/** Guards and actions of discovery; its chart is in `./machine.ts`. */
export const discoverySetup = setup({
  types: {
    context: {} as DiscoveryContext,
    events: {} as DiscoveryEvent,
    input: {} as { policy: Policy },
  },
  actors: {
    /** Every torrent that is not finished. */
    scan: fromPromise<Observations>(unprovided),
    /** The torrents that were added last, finished or not, the newest first. */
    newest: fromPromise<Observations, { limit: number }>(unprovided),
  },
  guards: {
    scanFailed: (_, { result }: { result: Observations }) => !result.ok,
    sessionLost: (_, { result }: { result: Observations }) =>
      !result.ok && result.failure.kind === 'unauthorized',
    outdated: ({ context }) => context.outdated,
    off: ({ context }) => context.policy.discoverInterval === null,
    newestFailed: ({ context }) => context.failure !== null,
    tooSmall: ({ context }) => context.reading?.kind === 'more',
  },
  actions: {
    crash: (_, { request }: { request: RequestName }) => failOverdue(request),
    clearOutdated: assign({ outdated: false }),
    markOutdated: assign({ outdated: true }),
    countScanFailure: assign({ scanFailures: ({ context }) => context.scanFailures + 1 }),
    resetScanFailures: assign({ scanFailures: 0 }),
    reportScanned: sendParent(
      (_, { result }: { result: Observations }) =>
        ({ type: 'torrents.found', found: result.ok ? result.value : [] }) satisfies DiscoveryReport,
    ),
    reportScanFailure: sendParent((_, { result }: { result: Observations }) =>
      failedDuring('scan', result.ok ? null : result.failure),
    ),
    recordNewest: assign(({ context: { newest, limit } }, { result }: { result: Observations }) =>
      result.ok
        ? { failure: null, reading: readNewest(newest, result.value, limit) }
        : { failure: result.failure, reading: null },
    ),
    widenWindow: assign(({ context: { reading, limit } }) => ({
      limit: reading?.kind === 'more' ? reading.limit : limit,
    })),
    resetWindow: assign({ limit: FIRST_WINDOW }),
    reportNewest: enqueueActions(({ context: { reading, newest, delayed }, enqueue }) => {
      const found = reading?.kind === 'done' ? reading.found : [];
      enqueue(sendParent({ type: 'torrents.found', found } satisfies DiscoveryReport));
      if (newest !== null || !delayed) return;
      enqueue(sendParent({ type: 'discovery.delayed' } satisfies DiscoveryReport));
      enqueue.raise({ type: 'rescan' });
    }),
    keepNewest: assign(({ context: { reading } }) =>
      reading?.kind === 'done' ? { newest: reading.newest, reading: null } : {},
    ),
    recordDelay: assign(({ context: { newest } }) => ({ delayed: newest === null })),
    reportNewestFailure: sendParent(({ context: { failure } }) => failedDuring('newest', failure)),
  },
  delays: {
    scanOverdue: overdueAfter('scan'),
    scanPause: ({ context }) => scanPause(context.scanFailures),
    newestOverdue: overdueAfter('newest'),
    discover: ({ context }) => context.policy.discoverInterval ?? HOUR,
  },
});

const failedDuring = (during: 'scan' | 'newest', failure: Failure | null): QbittorrentFailed => ({
  type: 'qbittorrent.failed',
  failure: failure ?? NO_ANSWER,
  during,
});
