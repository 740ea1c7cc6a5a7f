import type { MatcherReport } from '../matcher/machine.ts';
import type { Match } from '../matcher/matching.ts';
import type { FindTorrent } from '../shard/machine.ts';
import type { ObservedTorrent } from '../torrent/types.ts';
import type { CompletionSettings, Failure, Hash, Now, Observation, QbittorrentFailed } from '../domain.ts';
import type { Policy } from '../policy.ts';
import type { PollSet } from './poll-set.ts';

export type WatcherEvent =
  /** Polls by this hash, and sends what is seen to the torrent with this key. */
  | { type: 'torrent.watch'; hash: Hash; key: Hash }
  | { type: 'torrent.unwatch'; hash: Hash }
  /** qBittorrent says that it is finished; `null` where it does not say which one. */
  | { type: 'poll.now'; hash: Hash | null }
  | { type: 'session.ready' }
  | { type: 'session.lost' }
  | MatcherReport;

/** What the watcher reports to its supervisor; what a poll saw goes to the torrents themselves. */
export type WatcherReport =
  /** They are listed under another ID now, or tracked by another of their hashes. */
  | ({ type: 'torrents.renamed'; renamed: Match['renamed'] } & Omit<ObservedTorrent, 'observation'>)
  | QbittorrentFailed;

export interface WatcherContext {
  policy: Policy;
  now: Now;
  /** Changed in place, by `assign` only: it takes effect before the guards that come next, a plain action after. */
  looks: PollSet;
  /** From the hash that is polled to the key of its torrent. Changed in place, like `looks`. */
  keys: Map<Hash, Hash>;
  findTorrent: FindTorrent;
  ready: boolean;
  asked: readonly Hash[];
  /** When that was, in milliseconds since 1970. */
  askedAt: number;
  /** What was seen and is still to be told. */
  observations: readonly Observation[];
  /** When it was seen, in milliseconds since 1970. */
  at: number;
  /** Those that the polls do not find. Changed in place, like `looks`. */
  missing: Set<Hash>;
  /** The matcher may look for some. */
  looking: boolean;
  /** What the list says of those, and is still to be told. */
  matched: Match;
  failure: Failure | null;
  /** Looks that failed in a row. */
  failures: number;
  completion: CompletionSettings;
  /** When qBittorrent said so, in milliseconds since 1970; `null` while it did not. */
  completionReadAt: number | null;
}

export interface WatcherInput {
  policy: Policy;
  now: Now;
  findTorrent: FindTorrent;
}
