/** Downloads under attack: from the first to the last, until the sidecar has settled. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createJournal } from '../chaos/journal.ts';
import type { Journal } from '../chaos/journal.ts';
import type { ProxiedRequest } from '../chaos/proxy.ts';
import { createRandom } from '../chaos/random.ts';
import type { Random } from '../chaos/random.ts';
import type { ProcessRun } from '../chaos/sidecar.ts';
import type { NtfyMessage, QbittorrentGeneration, SeededTorrent } from '../servers/index.ts';
import { startAttackers } from './attackers.ts';
import type { Counts } from './connections.ts';
import { addDownloads, countFinished } from './downloads.ts';
import { ATTACK_NAMES, sendHostileAnswers } from './hostile.ts';
import { startWatch } from './probe.ts';
import type { Watch } from './probe.ts';
import { startScene, TOPIC } from './scene.ts';
import type { Scene, Status } from './scene.ts';

export interface SoakOptions {
  generation: QbittorrentGeneration;
  downloads: number;
  /** The minimum duration of the attack in milliseconds; it lasts until all downloads are complete. */
  duration: number;
  /** The share of requests that get a hostile answer. */
  hostile: number;
  /** Whether some wrong tokens come from the address of qBittorrent. */
  fromLoopback: boolean;
  seed: number;
}

/** The result of a run. */
export interface Run extends SoakOptions {
  journal: Journal;
  torrents: SeededTorrent[];
  attacks: Counts;
  /** From the start of the attack to its end. */
  watch: Watch;
  /** The maximum number of simultaneously tracked torrents; most of them are unknown to qBittorrent. */
  tracked: number;
  toQbittorrent: ProxiedRequest[];
  toNtfy: ProxiedRequest[];
  messages: NtfyMessage[];
  processes: readonly ProcessRun[];
  secrets: string[];
  /** Why the run did not settle; `null` when it did. */
  unsettled: string | null;
}

/** Milliseconds. */
const TIME_LIMIT = 240_000;
const SETTLED_AFTER = 5000;
/** About 25 a second. */
const FAKES = { batch: 500, pause: 18_000 };

export async function runSoak(options: SoakOptions): Promise<Run> {
  const journal = createJournal();
  const random = createRandom(options.seed);
  await using scene = await startScene(options.generation, journal);
  const attacked = await attack(scene, options, random);
  const unsettled = attacked.complete
    ? await waitUntilSettled(scene)
    : 'qBittorrent did not complete all downloads';
  const messages = await scene.ntfy.messages(TOPIC);
  scene.sidecar.send('SIGTERM');
  await scene.sidecar.ended();
  return {
    ...options,
    ...attacked,
    journal,
    toQbittorrent: scene.toQbittorrent.requests,
    toNtfy: scene.toNtfy.requests,
    messages,
    processes: scene.sidecar.runs,
    secrets: scene.secrets,
    unsettled,
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
  const stopHostileAnswers = startHostileAnswers(scene, hostile, random);
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
  stopHostileAnswers();
  return { torrents, complete, attacks, tracked, watch: await endWatch() };
}

function startHostileAnswers({ journal, toQbittorrent, toNtfy }: Scene, share: number, random: Random) {
  const all = { journal, share, random: random.fork('hostility') };
  const ends = [
    sendHostileAnswers(toQbittorrent, { ...all, server: 'qBittorrent', first: 0, statusCounts: false }),
    // The two servers start with different kinds, so that a short run has all of them.
    sendHostileAnswers(toNtfy, {
      ...all,
      server: 'ntfy',
      first: ATTACK_NAMES.length / 2,
      statusCounts: true,
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Why the run does not settle, or `null`. */
async function waitUntilSettled(scene: Scene): Promise<string | null> {
  let last: Status | null = null;
  let since = Date.now();
  const settled = await eventually(async () => {
    last = await scene.status();
    if (!isSettled(last)) since = Date.now();
    return Date.now() - since >= SETTLED_AFTER;
  });
  return settled ? null : `the sidecar did not settle: ${JSON.stringify(last).slice(0, 2000)}`;
}

function isSettled(status: Status | null): boolean {
  return (
    status !== null &&
    status.torrents.length === 0 &&
    status.outbox.waiting + status.outbox.sending === 0 &&
    status.watcher.state === 'idle'
  );
}

async function eventually(check: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + TIME_LIMIT;
  while (Date.now() < end) {
    if (await check()) return true;
    await sleep(500);
  }
  return false;
}
