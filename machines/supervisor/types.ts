import type { ErrorActorEvent } from 'xstate';
import type { DiscoveryReport } from '../discovery/setup.ts';
import type { HookInstallerReport } from '../hook-installer/types.ts';
import type { IncidentReport } from '../incident/machine.ts';
import type { OutboxReport } from '../outbox/machine.ts';
import type { ShardReport } from '../shard/machine.ts';
import type { TorrentDeps, TorrentReport } from '../torrent/types.ts';
import type { PendingStart } from './pending-starts.ts';
import type { RecentCompletions } from './recent-completions.ts';
import type { StoreCard, StoreReport } from '../incident/store-notice.ts';
import type { PartitionOf } from '../shard/shard-of.ts';
import type { Registry } from './registry.ts';
import type { Failures } from './restarts.ts';
import type { IncidentSounds, Sounds } from './sounds.ts';
import type { SessionReport } from '../session/machine.ts';
import type { Hash, Now, TorrentRecord } from '../domain.ts';
import type { Policy } from '../policy.ts';
import type { WatcherReport } from '../watcher/types.ts';

export type SupervisorEvent =
  | { type: 'torrent.track'; hash: Hash }
  | { type: 'torrent.markFinished'; hash: Hash }
  /**
   * A hook came that could not name its torrent, was not let in (`refused`, or `throttled` after too many wrong tokens),
   * or found no place (`dropped`), or there was none until now (`installed`).
   */
  | { type: 'rescan'; why?: 'refused' | 'throttled' | 'dropped' | 'installed' }
  | { type: 'starts.next' }
  /** So many torrents are not followed, since no more are at once. */
  | { type: 'capacity.exceeded'; leftOut: number }
  | { type: 'torrent.revive'; key: Hash }
  | SessionReport
  | WatcherReport
  | TorrentReport
  | OutboxReport
  | ShardReport
  | IncidentReport
  | DiscoveryReport
  | HookInstallerReport
  | StoreReport
  | ErrorActorEvent;

/** A change of a record, stored before anything is sent because of it. */
export type RecordEvent =
  | { type: 'record.save'; record: TorrentRecord }
  | { type: 'record.delete'; key: Hash };

/** What is stored apart from records. */
export type FactEvent =
  | { type: 'incident.save'; troubled: boolean }
  /** When each incident last made a sound. */
  | { type: 'sounds.save'; sounds: Sounds };

export type StoreEvent = RecordEvent | FactEvent;

export interface SupervisorContext {
  policy: Policy;
  now: Now;
  registry: Registry;
  /** What all torrents share. */
  deps: TorrentDeps;
  partitionOf: PartitionOf;
  /** The IDs of the shards that live; changed in place, by `enqueueActions` only. */
  shards: Set<string>;
  /** Torrents still to be started: in slices, so that the hook is answered in between. */
  pendingStarts: readonly PendingStart[];
  /** Whether the torrents may count on a session. */
  ready: boolean;
  /** Whether an incident's card may be on the phone. */
  troubled: boolean;
  /** Whether there is an incident now. */
  raised: boolean;
  incidentSounds: IncidentSounds;
  storeCard: StoreCard;
  /** Torrents were left out, for no more are tracked at once: discovery finds them when there is capacity again. */
  leftOut: boolean;
  /** What was told lately: a hook that comes late is no news. */
  ended: RecentCompletions;
  crashes: Map<Hash, Failures>;
  /** When completions without a name were sent within the last minute, in milliseconds since 1970. */
  nameless: readonly number[];
  /** Restarts of everything, after a service crashed. */
  restarts: Failures | undefined;
}

export interface SupervisorInput {
  policy: Policy;
  now: Now;
  /** Made with a salt of this process. */
  partitionOf: PartitionOf;
  /** What an earlier life has kept. */
  records?: readonly TorrentRecord[];
  /** Writes a change of a record through to the disk. Default: records are kept in memory only. */
  writeRecord?: (event: RecordEvent) => void;
  /** An incident's card is on the phone since an earlier life. */
  troubled?: boolean;
  /** When each incident last made a sound, in milliseconds since 1970. */
  sounds?: Sounds;
}

/** The actors that it always has, by their IDs. */
export type Services = {
  session: 'session';
  watcher: 'watcher';
  outbox: 'outbox';
  incident: 'incident';
  discovery: 'discovery';
  hookInstaller: 'hookInstaller';
  store: 'store';
};
