/** A run of the chaos engine: real servers, a sidecar that is killed, and other failures. */
import type { NtfyMessage, QbittorrentGeneration } from '../servers/index.ts';
import { ServerFault } from '../servers/index.ts';
import { sleep } from '../servers/wait.ts';
import { runTorrents } from './torrents.ts';
import type { Download } from './torrents.ts';
import { killRepeatedly, restartIfEnded } from './kills.ts';
import { createJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import type { ProxiedRequest } from './proxy.ts';
import { createRandom } from './random.ts';
import { startScene, TOPIC } from './scene.ts';
import type { Scene, Status } from './scene.ts';
import type { ProcessRun } from './sidecar.ts';
import { disturbNtfy, disturbQbittorrent } from './server-faults.ts';

export interface ChaosOptions {
  generation: QbittorrentGeneration;
  /** The same seed makes the same plans; real processes follow them only approximately. */
  seed: number;
  /**
   * Maximum duration of a download in seconds; default 14. It must exceed each downtime of the sidecar, which misses
   * shorter downloads.
   */
  longest?: number;
  /** How often SIGKILL ends the sidecar; 0: it keeps running, and the other failures last half a minute. */
  kills: number;
}

/** The result of a run, after everything has settled. */
export interface Run extends ChaosOptions {
  journal: Journal;
  downloads: Download[];
  /** Torrents in qBittorrent, and whether each is complete. */
  finished: Map<string, boolean>;
  /** All messages of the topic. */
  messages: NtfyMessage[];
  toQbittorrent: ProxiedRequest[];
  toNtfy: ProxiedRequest[];
  toSidecar: ProxiedRequest[];
  processes: readonly ProcessRun[];
  secrets: string[];
  /** Why the run did not settle; `null` when it did. */
  unsettled: string | null;
}

/** Time limit for the downloads, and then for the sidecar, in milliseconds. */
const TIME_LIMIT = 180_000;
/** Milliseconds without any request after which the run is settled. */
const SETTLED_AFTER = 2500;

export async function runChaos(options: ChaosOptions): Promise<Run> {
  const journal = createJournal();
  const random = createRandom(options.seed);
  const finishHook = random.chance(0.5);
  if (finishHook) journal.note('the finish hook is set');
  await using scene = await startScene({ generation: options.generation, finishHook, journal });
  scene.sidecar.start();
  const over = new AbortController();
  const { signal } = over;
  const [downloads] = await Promise.all([
    runTorrents({ scene, random: random.fork('user'), over: signal, longest: options.longest ?? 14 }),
    disturbNtfy(scene, random.fork('ntfy'), signal),
    disturbQbittorrent(scene, random.fork('qBittorrent'), signal),
    (options.kills === 0
      ? sleep(30_000)
      : killRepeatedly(scene, random.fork('kills'), options.kills, signal)
    ).finally(() => over.abort()),
  ]).finally(() => over.abort());
  journal.note('all servers are up');
  const waiting = new AbortController();
  const restarting = restartIfEnded(scene, waiting.signal);
  const unsettled = await waitUntilSettled(scene, downloads);
  waiting.abort();
  await restarting;
  const finished = await readFinished(scene);
  const messages = await scene.ntfy.messages(TOPIC);
  scene.sidecar.send('SIGTERM');
  await scene.sidecar.ended();
  return {
    ...options,
    journal,
    downloads,
    finished,
    messages,
    toQbittorrent: scene.toQbittorrent.requests,
    toNtfy: scene.toNtfy.requests,
    toSidecar: scene.toSidecar.requests,
    processes: scene.sidecar.runs,
    secrets: [
      ...scene.secrets,
      ...scene.toQbittorrent.cookies.map((cookie) => cookie.slice(cookie.indexOf('=') + 1)),
    ],
    unsettled,
  };
}

/** Why the run does not settle, or `null`. */
async function waitUntilSettled(scene: Scene, downloads: readonly Download[]): Promise<string | null> {
  const kept = downloads.filter(({ removedAt }) => removedAt === null).map(({ torrent }) => torrent.hash);
  const downloaded = await eventually(scene, async () => {
    const finished = await readFinished(scene);
    return kept.every((hash) => finished.get(hash) === true);
  });
  if (!downloaded && endsTooOften(scene)) return 'the sidecar ended unexpectedly each time';
  // Its own fault: no sidecar can make it download.
  if (!downloaded) throw new ServerFault(await describeUnfinished(scene, kept));
  scene.journal.note('all are downloaded');
  let last: Status | null = null;
  let since = Date.now();
  let seen = '';
  const settled = await eventually(scene, async () => {
    last = await scene.status();
    const now = JSON.stringify([last, scene.toNtfy.requests.length]);
    if (now !== seen) since = Date.now();
    seen = now;
    return isSettled(last) && Date.now() - since >= SETTLED_AFTER;
  });
  return settled ? null : `the sidecar did not settle: ${JSON.stringify(last)}`;
}

async function describeUnfinished(scene: Scene, kept: readonly string[]): Promise<string> {
  const { qbittorrent } = scene;
  const finished = await readFinished(scene);
  const list = await qbittorrent.list();
  return [
    `qBittorrent did not finish all torrents within ${TIME_LIMIT / 1000} s:`,
    ...list
      .filter(({ hash }) => kept.includes(String(hash)) && finished.get(String(hash)) !== true)
      .map(({ name, state, progress }) => `${String(name)}: ${String(state)} ${String(progress)}`),
    (await (await qbittorrent.api('log/main')).text()).slice(-4000),
  ].join('\n');
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

const endsTooOften = ({ journal }: Scene): boolean => journal.count('unexpected end') >= 10;

/** False when it takes too long, or when the sidecar ends too early each time. */
async function eventually(scene: Scene, check: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + TIME_LIMIT;
  while (Date.now() < end && !endsTooOften(scene)) {
    if (await check()) return true;
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
