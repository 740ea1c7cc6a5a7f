import type { ErrorActorEvent } from 'xstate';
import type { DiscoveryReport } from '../discovery/setup.ts';
import type { HookInstallerReport } from '../hook-installer/types.ts';
import type { IncidentCard } from '../incident/card.ts';
import type { IncidentReport } from '../incident/machine.ts';
import type { OutboxReport } from '../outbox/machine.ts';
import type { ShardReport } from '../shard/machine.ts';
import type { TorrentDeps, TorrentReport } from '../torrent/types.ts';
import type { PendingStarts } from './pending-starts.ts';
import type { EndedTorrent } from './ended.ts';
import type { RecentCompletion, RecentCompletions } from './recent-completions.ts';
import type { Notices, RulesReport, StoredNotices } from '../incident/notices.ts';
import type { StoreCard, StoreReport } from '../incident/store-notice.ts';
import type { Digests } from '../digest/digests.ts';
import type { DigestChange, StoredDigests } from '../digest/types.ts';
import type { QuietDigest } from '../quiet/pending.ts';
import type { QuietHoursInput } from '../quiet/types.ts';
import type { LeftCard, LeftCards } from './left-cards.ts';
import type { ShardOf } from '../shard/shard-of.ts';
import type { Registry } from './registry.ts';
import type { Failures } from './restarts.ts';
import type { IncidentSounds, Sounds } from './sounds.ts';
import type { SessionReport } from '../session/machine.ts';
import type { Hash, Now, TorrentRecord } from '../domain.ts';
import type { Policy } from '../policy.ts';
import type { Rules } from '../routing/rules.ts';
import type { RemoteOptions } from '../remote/presses.ts';
import type { RemoteReport, RetryReport } from '../remote/types.ts';
import type { RouteId } from '../routing/types.ts';
import type { SaveSummaries, SummaryReport } from '../summary/machine.ts';
import type { WatcherReport } from '../watcher/types.ts';

export type SupervisorEvent =
  /** Hooks, or what else named torrents that may be new. They are stored when it is processed, and started in slices. */
  | { type: 'torrents.track'; hashes: readonly Hash[] }
  | { type: 'torrents.markFinished'; hashes: readonly Hash[] }
  /**
   * Torrents may be untracked: a hook named none, was rejected (`refused`, or `throttled` after too many wrong tokens) or
   * dropped (`dropped`: too many connections), or was just installed (`installed`).
   */
  | { type: 'rescan'; why?: 'refused' | 'throttled' | 'dropped' | 'installed' }
  | { type: 'starts.next' }
  /** A torrent is not tracked: the limit is reached. */
  | { type: 'capacity.exceeded' }
  | { type: 'torrent.restart'; key: Hash }
  /** What is held about an incident is sent. */
  | { type: 'incident.due' }
  /** The process ends within two seconds. */
  | { type: 'process.stopping' }
  | SessionReport
  | WatcherReport
  | TorrentReport
  | OutboxReport
  | ShardReport
  | IncidentReport
  | DiscoveryReport
  | HookInstallerReport
  | StoreReport
  | RulesReport
  | SummaryReport
  | RemoteReport
  | RetryReport
  | ErrorActorEvent;

/** A change of a record, stored before anything is sent because of it. */
export type RecordEvent =
  | { type: 'record.save'; record: TorrentRecord }
  /**
   * `completed`: the completion that was sent, if any; a late hook must not repeat it. `ended`: what the history keeps of
   * it, if it ended.
   */
  | { type: 'record.delete'; key: Hash; completed?: RecentCompletion; ended?: EndedTorrent };

/** What is stored apart from records. */
export type FactEvent =
  | { type: 'incident.save'; shown: boolean }
  /** When each incident last made a sound. */
  | { type: 'sounds.save'; sounds: Sounds }
  /** Which cards about the rules may be on the phone, and which topics ntfy refuses. */
  | { type: 'notices.save'; notices: StoredNotices }
  /** Cards of ended torrents that have still to be deleted. */
  | { type: 'leftCards.save'; leftCards: readonly LeftCard[] }
  /** The topics on which a summary may be. */
  | SaveSummaries;

export type StoreEvent = RecordEvent | FactEvent;

export interface SupervisorContext {
  policy: Policy;
  now: Now;
  registry: Registry;
  /** What all torrents share. */
  deps: TorrentDeps;
  shardOf: ShardOf;
  /** The IDs of the running shards; changed in place, in `enqueueActions` only. */
  shards: Set<string>;
  /** Torrents still to be started, in slices, so that hooks are answered in between. Changed in place. */
  pendingStarts: PendingStarts;
  /** Whether there is a session. */
  ready: boolean;
  /** Whether an incident's card may be on the phone. */
  incidentShown: boolean;
  /** Whether there is an incident now. */
  incidentRaised: boolean;
  incidentSounds: IncidentSounds;
  incidentCard: IncidentCard;
  storeCard: StoreCard;
  notices: Notices;
  /** Cards of ended torrents on topics that ntfy refuses. */
  leftCards: LeftCards;
  /** The digests of completions. */
  digests: Digests;
  /** What quiet hours have silenced; `null` if there can be none. */
  quietDigest: QuietDigest | null;
  /** Torrents were not tracked because of the limit: discovery finds them when there is capacity again. */
  capacityExceeded: boolean;
  /** Recent completions: a late hook must not repeat one. */
  recentCompletions: RecentCompletions;
  crashes: Map<Hash, Failures>;
  /** When completions without a name were sent within the last minute, in milliseconds since 1970. */
  namelessCompletions: readonly number[];
  /** Restarts of all actors, after a service crashed. */
  restarts: Failures | undefined;
}

export interface SupervisorInput {
  policy: Policy;
  now: Now;
  /** Created with a salt of this process. */
  shardOf: ShardOf;
  /** The stored records. */
  records?: readonly TorrentRecord[];
  /** The last completions of an earlier process, the oldest first. */
  recentCompletions?: readonly RecentCompletion[];
  /** Writes a change of a record through to the disk. Default: records are kept in memory only. */
  writeRecord?: (event: RecordEvent) => void;
  /** Whether an incident's card of an earlier process may be on the phone. */
  incidentShown?: boolean;
  /** When each incident last made a sound, in milliseconds since 1970. */
  sounds?: Sounds;
  /** The cards about the rules that an earlier process may have left. */
  notices?: StoredNotices;
  /** The cards of ended torrents that it could not delete. */
  leftCards?: readonly LeftCard[];
  /** The topics on which it may have left a summary. */
  summaries?: readonly RouteId[];
  /** The rules in force. Default: none. */
  rules?: Rules;
  /** Default: there are no quiet hours, and no actor for them. */
  quietHours?: QuietHoursInput;
  /** The digests of an earlier process. */
  digests?: StoredDigests | undefined;
  /** How the presses of buttons are stored. Default: cards have no buttons. */
  remote?: Pick<RemoteOptions, 'write' | 'stored'>;
  /** Stores a change of a digest together with the records that are saved in the same run. Default: in memory only. */
  writeDigest?: (change: DigestChange) => void;
}

/** The actors that it has, by their IDs; `quiet` only with quiet hours, `remote` only with buttons. */
export type Services = {
  session: 'session';
  watcher: 'watcher';
  outbox: 'outbox';
  incident: 'incident';
  discovery: 'discovery';
  hookInstaller: 'hookInstaller';
  store: 'store';
  summary: 'summary';
  quiet: 'quiet';
  digest: 'digest';
  remote: 'remote';
};
