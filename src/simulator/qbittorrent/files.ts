/** `torrents/files`: each simulated torrent is one file. */
import type { TorrentObject } from './answer.ts';

/** Its file; without metadata there is none. */
export function filesOf({ name = '', progress = 0, total_size: size = -1 }: TorrentObject): TorrentFile[] {
  if (Number(size) < 0) return [];
  const file = { availability: -1, index: 0, is_seed: progress === 1, name, piece_range: [0, 0] };
  return [{ ...file, priority: 1, progress, size }];
}

type TorrentFile = Record<string, TorrentObject[string] | number[]>;
