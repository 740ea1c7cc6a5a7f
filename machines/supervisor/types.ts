import type { ErrorActorEvent } from 'xstate';
import type { DiscoveryReport } from '../discovery.ts';
import type { HookInstallerReport } from '../hook-installer/types.ts';
import type { IncidentReport } from '../incident.ts';
import type { OutboxReport } from '../outbox.ts';
import type { PartitionReport } from '../partition.ts';
import type { Arrival } from '../rules/arrivals.ts';
import type { Ended } from '../rules/ended.ts';
import type { StoreCard, StoreReport } from '../rules/notices.ts';
import type { PartitionOf } from '../rules/partitions.ts';
import type { Registry } from '../rules/registry.ts';
import type { Failures } from '../rules/restarts.ts';
import type { IncidentSounds, Sounds } from '../rules/sounds.ts';
import type { SessionReport } from '../session.ts';
import type { Hash, Now, Policy, TorrentRecord } from '../types.ts';
import type { WatcherReport } from '../watcher/setup.ts';

export type SupervisorEvent =
  | { type: 'track'; hash: Hash }
  | { type: 'finished'; hash: Hash }
  /**
   * A hook came that could not name its torrent, was not let in (`refused`, or `throttled` after too many wrong tokens),
   * or found no place (`dropped`), or there was none until now (`installed`).
   */
  | { type: 'look'; why?: 'refused' | 'throttled' | 'dropped' | 'installed' }
  | { type: 'arrivals.next' }
  /** So many torrents are not followed, since no more are at once. */
  | { type: 'capacity.exceeded'; leftOut: number }
  | { type: 'torrent.revive'; key: Hash }
  | SessionReport
  | WatcherReport
  | OutboxReport
  | PartitionReport
  | IncidentReport
  | DiscoveryReport
  | HookInstallerReport
  | StoreReport
  | ErrorActorEvent;

/** What the store is told, in the order in which it happens and before anything of it leaves for ntfy. */
export type StoreEvent =
  | { type: 'keep'; record: TorrentRecord }
  | { type: 'drop'; key: Hash }
  | { type: 'remember'; troubled: boolean }
  /** When each incident last made a sound. */
  | { type: 'remember.sounds'; sounds: Sounds };

export interface SupervisorContext {
  policy: Policy;
  now: Now;
  registry: Registry;
  partitionOf: PartitionOf;
  /** The IDs of the partitions that live; changed in place, by `enqueueActions` only. */
  partitions: Set<string>;
  /** Torrents still to be followed: in slices, so that the hook is answered in between. */
  arrivals: readonly Arrival[];
  /** Whether the torrents may count on a session. */
  ready: boolean;
  /** Whether an incident's card may be on the phone. */
  troubled: boolean;
  /** Whether there is an incident now. */
  raised: boolean;
  incidentSounds: IncidentSounds;
  storeCard: StoreCard;
  scanFailures: number;
  /** Something may have come that the look around, which is under way, does not show. */
  stale: boolean;
  /** Torrents were left out since the last scan, for there was no place: they are looked for when there is. */
  leftOut: boolean;
  /** What was told lately: a hook that comes late is no news. */
  ended: Ended;
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
