import type { AnyActorRef } from 'xstate';
import type { Hash } from '../domain.ts';
import type { TorrentSnapshot } from '../torrent/selectors.ts';

/** As far as a shard's snapshot is read. */
interface Snapshot {
  children: Partial<Record<Hash, AnyActorRef>>;
}

/** The snapshots of all torrents in a shard, by their keys. */
export function* selectTorrentsOf({ children }: Snapshot): Generator<[Hash, TorrentSnapshot]> {
  for (const [key, torrent] of Object.entries(children)) {
    if (torrent !== undefined) yield [key, torrent.getSnapshot() as TorrentSnapshot];
  }
}
