import type { AnyActorRef, SnapshotFrom } from 'xstate';
import type { Hash, TorrentRecord } from '../domain.ts';
import { torrentIn } from '../shard/machine.ts';
import { selectTorrentsOf } from '../shard/selectors.ts';
import type { TorrentSnapshot } from '../torrent/selectors.ts';
import type { supervisorMachine } from './machine.ts';
import { find } from './registry.ts';

export type SupervisorSnapshot = SnapshotFrom<typeof supervisorMachine>;

/** The records of all tracked torrents by their keys, in the order in which they were tracked. */
export const selectRecords = ({ context }: SupervisorSnapshot): ReadonlyMap<Hash, TorrentRecord> =>
  context.registry.records;

/** How many torrents are tracked. */
export const selectTrackedCount = ({ context }: SupervisorSnapshot): number => context.registry.records.size;

/** Whether this hash is tracked, by any of the torrent's hashes. */
export const selectIsTracked = ({ context }: SupervisorSnapshot, hash: Hash): boolean =>
  find(context.registry, hash) !== undefined;

/** The key of the torrent that has this hash; `undefined` if it is not tracked. */
export const selectKey = ({ context }: SupervisorSnapshot, hash: Hash): Hash | undefined =>
  find(context.registry, hash)?.key;

/** The ID of the shard that a torrent belongs to, by the torrent's key. */
export const selectShardId = ({ context }: SupervisorSnapshot, key: Hash): string => context.shardOf(key);

/** The snapshot of a torrent's actor; `undefined` where it crashed and has not been started again, or is not tracked. */
export function selectTorrent(snapshot: SupervisorSnapshot, key: Hash): TorrentSnapshot | undefined {
  const shards: Partial<Record<string, AnyActorRef>> = snapshot.children;
  const torrent = torrentIn(shards[selectShardId(snapshot, key)], key);
  return torrent?.getSnapshot() as TorrentSnapshot | undefined;
}

/** The snapshots of all torrents' actors, by the torrents' keys. */
export function selectTorrents({ children }: SupervisorSnapshot): Map<Hash, TorrentSnapshot> {
  const torrents = new Map<Hash, TorrentSnapshot>();
  for (const [id, shard] of Object.entries<AnyActorRef | undefined>(children)) {
    if (shard === undefined || !id.startsWith('shard.')) continue;
    for (const [key, torrent] of selectTorrentsOf(shard.getSnapshot())) torrents.set(key, torrent);
  }
  return torrents;
}
