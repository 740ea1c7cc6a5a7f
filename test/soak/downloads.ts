/** The downloads that the attack must not affect. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../chaos/random.ts';
import type { SeededTorrent } from '../servers/index.ts';
import type { Scene } from './scene.ts';

export interface DownloadOptions {
  count: number;
  /** The period in which they are added, in milliseconds. */
  within: number;
  random: Random;
}

/** Adds all of them, one after the other, and resolves after the last; each takes 4 to 20 s. */
export async function addDownloads(
  scene: Scene,
  { count, within, random }: DownloadOptions,
): Promise<SeededTorrent[]> {
  const torrents: SeededTorrent[] = [];
  for (let n = 1; n <= count; n += 1) {
    const size = Math.round(random.between(500_000, 3_000_000));
    const seed = await scene.seed(size / random.between(4, 20));
    const torrent = seed.serve(`soak ${n}.iso`, size);
    await scene.qbittorrent.addTorrent(torrent.file);
    scene.journal.note('added', torrent.hash);
    torrents.push(torrent);
    await sleep(random.between(0, (2 * within) / count));
  }
  return torrents;
}

/** How many of them are complete in qBittorrent. */
export async function countFinished({ qbittorrent }: Scene): Promise<number> {
  const list = await qbittorrent.list();
  return list.filter(({ progress, state }) => progress === 1 && /UP$|^uploading$/.test(String(state))).length;
}
