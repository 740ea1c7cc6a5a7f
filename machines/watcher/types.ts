import type { MatcherReport } from '../matcher/machine.ts';
import type { Match } from '../matcher/matching.ts';
import type { FindTorrent } from '../shard/machine.ts';
import type { ObservedTorrent } from '../torrent/types.ts';
import type { CompletionSettings, Failure, Hash, Now, Observation, QbittorrentFailed } from '../domain.ts';
import type { Policy } from '../policy.ts';
import type { PollSet } from './poll-set.ts';

export type WatcherEvent =
  /** Polls this hash, and sends the observations to the torrent with this key. */
  | { type: 'torrent.watch'; hash: Hash; key: Hash }
  | { type: 'torrent.unwatch'; hash: Hash }
  /** A finish hook arrived; `null` if it named no torrent. */
  | { type: 'poll.now'; hashes: readonly Hash[] | null }
  | { type: 'session.ready' }
  | { type: 'session.lost' }
  | MatcherReport;

/** What the watcher reports to its supervisor; observations go to the torrents directly. */
export type WatcherReport =
  /** They are listed under another ID now, or were tracked by another of their hashes. */
  | ({ type: 'torrents.renamed'; renamed: Match['renamed'] } & Omit<ObservedTorrent, 'observation'>)
  | QbittorrentFailed;

export interface WatcherContext {
  policy: Policy;
  now: Now;
  /** Changed in place, in `assign` only: XState runs plain actions after the guards that follow. */
  pollSet: PollSet;
  /** From the hash that is polled to the key of its torrent. Changed in place, like `pollSet`. */
  keys: Map<Hash, Hash>;
  findTorrent: FindTorrent;
  ready: boolean;
  asked: readonly Hash[];
  /** When that was, in milliseconds since 1970. */
  askedAt: number;
  /** What the last poll has shown. */
  observations: readonly Observation[];
  /** How many of them the torrents have received. */
  delivered: number;
  /** How many torrents of the poll are complete, and were downloaded. */
  complete: number;
  /** When they were received, in milliseconds since 1970. */
  at: number;
  /** Torrents that the polls do not find. Changed in place, like `pollSet`. */
  missing: Set<Hash>;
  /** Whether the matcher may be searching for some of them. */
  isMatching: boolean;
  /** What the matcher found, and is not delivered yet. */
  matched: Match;
  failure: Failure | null;
  /** Failed polls in a row. */
  failures: number;
  completion: CompletionSettings;
  /** When `completion` was read, in milliseconds since 1970; `null` before. */
  completionReadAt: number | null;
}

export interface WatcherInput {
  policy: Policy;
  now: Now;
  findTorrent: FindTorrent;
}
