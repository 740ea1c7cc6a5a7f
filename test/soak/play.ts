/** Downloads under attack: from the first to the last, and until the sidecar has come to rest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createJournal } from '../chaos/journal.ts';
import type { Journal } from '../chaos/journal.ts';
import type { Passage } from '../chaos/proxy.ts';
import { createRandom } from '../chaos/random.ts';
import type { Random } from '../chaos/random.ts';
import type { Life } from '../chaos/sidecar.ts';
import type { NtfyMessage, QbittorrentGeneration, SeededTorrent } from '../servers/index.ts';
import { startAttackers } from './attackers.ts';
import type { Counts } from './connections.ts';
import { addDownloads, countFinished } from './downloads.ts';
import { ATTACK_NAMES, beHostile } from './hostile.ts';
import { startWatch } from './probe.ts';
import type { Watch } from './probe.ts';
import { startScene, TOPIC } from './scene.ts';
import type { Scene, Status } from './scene.ts';

export interface SoakOptions {
  generation: QbittorrentGeneration;
  downloads: number;
  /** Milliseconds that the attack lasts at least: until all downloads are complete. */
  duration: number;
  /** The share of requests that get a hostile answer. */
  hostile: number;
  /** Whether wrong tokens come from the address of qBittorrent, too. */
  fromLoopback: boolean;
  seed: number;
}

/** All that is known when it is over. */
export interface Run extends SoakOptions {
  journal: Journal;
  torrents: SeededTorrent[];
  attacks: Counts;
  /** From the beginning of the attack to its end. */
  watch: Watch;
  /** Torrents that were tracked at the same time, at most: most of them are unknown to qBittorrent. */
  tracked: number;
  toQbittorrent: Passage[];
  toNtfy: Passage[];
  messages: NtfyMessage[];
  lives: readonly Life[];
  secrets: string[];
  /** Why it did not come to rest; `null` when it did. */
  restless: string | null;
}

/** Milliseconds. */
const PATIENCE = 240_000;
const REST = 5000;
/** 25 a second. */
const FAKES = { batch: 500, every: 20_000 };

export async function runSoak(options: SoakOptions): Promise<Run> {
  const journal = createJournal();
  const random = createRandom(options.seed);
  await using scene = await startScene(options.generation, journal);
  const attacked = await attack(scene, options, random);
  const restless = attacked.complete ? await comeToRest(scene) : 'qBittorrent did not complete all downloads';
  const messages = await scene.ntfy.messages(TOPIC);
  scene.sidecar.send('SIGTERM');
  await scene.sidecar.ended();
  return {
    ...options,
    ...attacked,
    journal,
    toQbittorrent: scene.toQbittorrent.passages,
    toNtfy: scene.toNtfy.passages,
    messages,
    lives: scene.sidecar.lives,
    secrets: scene.secrets,
    restless,
  };
}

async function attack(
  scene: Scene,
  { downloads: count, duration, hostile, fromLoopback }: SoakOptions,
  random: Random,
) {
  const { journal, target } = scene;
  const end = Date.now() + duration;
  const endWatch = startWatch(scene.pid, target.opsPort);
  await using attackers = startAttackers({ ...target, fakes: FAKES, fromLoopback });
  const endHostility = answerHostilely(scene, hostile, random);
  const within = Math.max(1, duration - 30_000);
  let tracked = 0;
  const [torrents] = await Promise.all([
    addDownloads(scene, { count, within, random: random.fork('downloads') }),
    (async () => {
      while (Date.now() < end) {
        tracked = Math.max(tracked, await scene.tracked());
        await sleep(Math.min(5000, Math.max(0, end - Date.now())));
      }
    })(),
  ]);
  const complete = await eventually(async () => (await countFinished(scene)) === count);
  const attacks = { ...attackers.counts };
  journal.note('the attack is over');
  endHostility();
  return { torrents, complete, attacks, tracked, watch: await endWatch() };
}

function answerHostilely({ journal, toQbittorrent, toNtfy }: Scene, share: number, random: Random) {
  const all = { journal, share, random: random.fork('hostility') };
  const ends = [
    beHostile(toQbittorrent, { ...all, server: 'qBittorrent', first: 0, statusCounts: false }),
    // Between them they have all kinds soon.
    beHostile(toNtfy, { ...all, server: 'ntfy', first: ATTACK_NAMES.length / 2, statusCounts: true }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Why it does not come to rest, or `null`. */
async function comeToRest(scene: Scene): Promise<string | null> {
  let last: Status | null = null;
  let since = Date.now();
  const rested = await eventually(async () => {
    last = await scene.status();
    if (!isAtRest(last)) since = Date.now();
    return Date.now() - since >= REST;
  });
  return rested ? null : `the sidecar did not come to rest: ${JSON.stringify(last).slice(0, 2000)}`;
}

function isAtRest(status: Status | null): boolean {
  return (
    status !== null &&
    status.torrents.length === 0 &&
    status.outbox.waiting + status.outbox.sending === 0 &&
    status.watcher.state === 'idle'
  );
}

async function eventually(look: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    if (await look()) return true;
    await sleep(500);
  }
  return false;
}
