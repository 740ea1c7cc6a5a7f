/** The torrents, and the user who adds and removes them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededTorrent } from '../servers/index.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

/** What the user does with it: lets it finish, removes it while it downloads, or removes it and adds it again. */
type Plan = 'finish' | 'remove' | 'again';

const PLANS = { finish: 75, remove: 15, again: 10 } as const satisfies Record<Plan, number>;

/** One torrent and its history. */
export interface Download {
  torrent: SeededTorrent;
  /** The minimum duration of its download. */
  seconds: number;
  plan: Plan;
  /** The times just before each add to qBittorrent. */
  addedAt: number[];
  /** Whether no sidecar was running when it was added last. */
  unattended: boolean;
  /** When the user removed it permanently. */
  removedAt: number | null;
  /** Its progress when the user removed it permanently: near its end it may count as complete. */
  removedAtProgress: number | null;
}

export interface TorrentOptions {
  scene: Scene;
  random: Random;
  over: AbortSignal;
  /** The maximum duration of a download in seconds; the minimum is 4. */
  longest: number;
}

/** Adds torrents until the run is over; resolves when all planned actions are done. */
export async function runTorrents({ scene, random, over, longest }: TorrentOptions): Promise<Download[]> {
  const downloads: Download[] = [];
  const plans: Array<Promise<void>> = [];
  while (!over.aborted) {
    const burst = random.chance(0.1) ? 4 : 1;
    for (let count = 0; count < burst; count++) {
      const number = downloads.length + 1;
      const size = Math.round(random.between(500_000, 3_000_000));
      const seconds = random.between(4, longest);
      const seed = await scene.seed(size / seconds);
      const torrent = seed.serve(`chaos ${number}.iso`, size);
      const plan = random.pick(PLANS);
      const download: Download = {
        torrent,
        seconds,
        plan,
        addedAt: [],
        unattended: false,
        removedAt: null,
        removedAtProgress: null,
      };
      downloads.push(download);
      plans.push(carryOut(scene, download, random.fork(`torrent ${number}`)));
    }
    await sleep(random.between(500, 3000), undefined, { signal: over }).catch(() => {});
  }
  await Promise.all(plans);
  return downloads;
}

/** Carries out the user's plan for a torrent. */
async function carryOut(scene: Scene, download: Download, random: Random): Promise<void> {
  await add(scene, download);
  if (download.plan === 'finish') return;
  // Its first bytes come after about a second.
  await sleep(random.between(500, 700 * download.seconds));
  const done = await remove(scene, download);
  if (download.plan === 'remove' || done) return;
  await sleep(random.between(100, 4000));
  await add(scene, download);
}

async function add(scene: Scene, download: Download): Promise<void> {
  const { torrent, seconds } = download;
  await scene.withQbittorrent(() => {
    const { current } = scene.sidecar;
    download.addedAt.push(Date.now());
    download.unattended = current === undefined || current.endedAt !== null;
    return scene.qbittorrent.addTorrent(torrent.file);
  });
  download.removedAt = null;
  download.removedAtProgress = null;
  scene.journal.note(
    download.addedAt.length > 1 ? 'added again' : 'added',
    `${torrent.hash} ${torrent.name}, ${torrent.size} bytes in ${seconds.toFixed(1)} s, ${download.plan}` +
      (download.unattended ? ', no sidecar is running' : ''),
  );
}

/** True when it was complete, or nearly so, before it was removed. */
async function remove(scene: Scene, download: Download): Promise<boolean> {
  const { hash } = download.torrent;
  return scene.withQbittorrent(async () => {
    const progress = Number((await scene.qbittorrent.find(hash))?.['progress'] ?? 0);
    await scene.qbittorrent.remove(hash);
    download.removedAt = Date.now();
    download.removedAtProgress = progress;
    scene.journal.note('removed', `${hash} at ${Math.round(progress * 100)} %`);
    return progress > 0.9;
  });
}
