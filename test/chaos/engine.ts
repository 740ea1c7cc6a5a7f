/** A run of the chaos engine: real servers, a sidecar that dies, and everything else that goes wrong. */
import type { NtfyMessage, QbittorrentGeneration } from '../servers/index.ts';
import { sleep } from '../servers/wait.ts';
import { playCast } from './cast.ts';
import type { Member } from './cast.ts';
import { killRepeatedly, reviveIfDead } from './deaths.ts';
import { createJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import type { Passage } from './proxy.ts';
import { createRandom } from './random.ts';
import { startScene, TOPIC } from './scene.ts';
import type { Scene, Status } from './scene.ts';
import type { Life } from './sidecar.ts';
import { troubleNtfy, troubleQbittorrent } from './weather.ts';

export interface ChaosOptions {
  generation: QbittorrentGeneration;
  /** The same seed makes the same plans; real processes keep to them as far as they can. */
  seed: number;
  /** Seconds that a download takes at most; default 14. More than the sidecar is ever down, or nobody knows of it. */
  longest?: number;
  /** How often the sidecar dies by SIGKILL; 0: it lives on, and all else goes wrong for half a minute. */
  kills: number;
}

/** All that is known of a run when it is over and everything has come to rest. */
export interface Run extends ChaosOptions {
  journal: Journal;
  members: Member[];
  /** Torrents that qBittorrent has, and whether each is complete. */
  finished: Map<string, boolean>;
  /** Everything that the topic has. */
  messages: NtfyMessage[];
  toQbittorrent: Passage[];
  toNtfy: Passage[];
  toSidecar: Passage[];
  lives: readonly Life[];
  secrets: string[];
  /** Why it did not come to rest; `null` when it did. */
  restless: string | null;
}

/** Milliseconds that the downloads, and then the sidecar, have to come to an end. */
const PATIENCE = 180_000;
/** Milliseconds that nothing may happen. */
const REST = 2500;

export async function runChaos(options: ChaosOptions): Promise<Run> {
  const journal = createJournal();
  const random = createRandom(options.seed);
  const finishHook = random.chance(0.5);
  if (finishHook) journal.note('the finish hook is set');
  await using scene = await startScene({ generation: options.generation, finishHook, journal });
  scene.sidecar.start();
  const over = new AbortController();
  const { signal } = over;
  const [members] = await Promise.all([
    playCast({ scene, random: random.fork('user'), over: signal, longest: options.longest ?? 14 }),
    troubleNtfy(scene, random.fork('ntfy'), signal),
    troubleQbittorrent(scene, random.fork('qBittorrent'), signal),
    (options.kills === 0
      ? sleep(30_000)
      : killRepeatedly(scene, random.fork('deaths'), options.kills, signal)
    ).finally(() => over.abort()),
  ]).finally(() => over.abort());
  journal.note('everything is up');
  const watching = new AbortController();
  const reviving = reviveIfDead(scene, watching.signal);
  const restless = await comeToRest(scene, members);
  watching.abort();
  await reviving;
  const finished = await readFinished(scene);
  const messages = await scene.ntfy.messages(TOPIC);
  scene.sidecar.send('SIGTERM');
  await scene.sidecar.ended();
  return {
    ...options,
    journal,
    members,
    finished,
    messages,
    toQbittorrent: scene.toQbittorrent.passages,
    toNtfy: scene.toNtfy.passages,
    toSidecar: scene.toSidecar.passages,
    lives: scene.sidecar.lives,
    secrets: [
      ...scene.secrets,
      ...scene.toQbittorrent.cookies.map((cookie) => cookie.slice(cookie.indexOf('=') + 1)),
    ],
    restless,
  };
}

/** Why it does not come to rest, or `null`. */
async function comeToRest(scene: Scene, members: readonly Member[]): Promise<string | null> {
  const kept = members.filter(({ removedAt }) => removedAt === null).map(({ torrent }) => torrent.hash);
  const downloaded = await eventually(scene, async () => {
    const finished = await readFinished(scene);
    return kept.every((hash) => finished.get(hash) === true);
  });
  if (!downloaded) return 'qBittorrent did not finish all torrents';
  scene.journal.note('all are downloaded');
  let last: Status | null = null;
  let since = Date.now();
  let seen = '';
  const rested = await eventually(scene, async () => {
    last = await scene.status();
    const now = JSON.stringify([last, scene.toNtfy.passages.length]);
    if (now !== seen) since = Date.now();
    seen = now;
    return isSettled(last) && Date.now() - since >= REST;
  });
  return rested ? null : `the sidecar did not come to rest: ${JSON.stringify(last)}`;
}

function isSettled(status: Status | null): boolean {
  return (
    status !== null &&
    status.torrents.length === 0 &&
    status.outbox.waiting === 0 &&
    status.outbox.sending === 0 &&
    status.watcher.state === 'idle'
  );
}

/** False when it takes too long, or when the sidecar does not live long enough to get anywhere. */
async function eventually({ journal }: Scene, look: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end && journal.count('odd end') < 10) {
    if (await look()) return true;
    await sleep(250);
  }
  return false;
}

async function readFinished({ qbittorrent }: Scene): Promise<Map<string, boolean>> {
  const list = await qbittorrent.list();
  return new Map(
    list.map(({ hash, progress, state }) => [
      String(hash),
      progress === 1 && /UP$|^uploading$/.test(String(state)),
    ]),
  );
}
