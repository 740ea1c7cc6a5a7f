/** Everything that takes part: real servers, proxies that can fail, and the sidecar as a process. */
import { freePort, startNtfy, startQbittorrent, startWebSeed } from '../servers/index.ts';
import type { Ntfy, Qbittorrent, QbittorrentGeneration, WebSeed } from '../servers/index.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import type { Journal } from './journal.ts';
import { startChaosProxy } from './proxy.ts';
import type { ChaosProxy } from './proxy.ts';
import { createSidecarProcess } from './sidecar.ts';
import type { SidecarProcess } from './sidecar.ts';

export const TOPIC = 'chaos-topic';

/** The running parts. */
export interface Scene extends AsyncDisposable {
  journal: Journal;
  qbittorrent: Qbittorrent;
  ntfy: Ntfy;
  /** A web seed for one torrent, with this many bytes per second. */
  seed(rate: number): Promise<WebSeed>;
  sidecar: SidecarProcess;
  /** From the sidecar to qBittorrent. */
  toQbittorrent: ChaosProxy;
  /** From the sidecar to ntfy. */
  toNtfy: ChaosProxy;
  /** From qBittorrent's hook to the sidecar. */
  toSidecar: ChaosProxy;
  /** Texts that the sidecar must never print. */
  secrets: string[];
  /** The tests' own calls to qBittorrent are serialized, so that none of them runs during a restart. */
  withQbittorrent<T>(work: () => Promise<T>): Promise<T>;
  /** `/status`, or `null` while it is not answered. */
  status(): Promise<Status | null>;
  /** The names on a digest, as `/digest` returns them. */
  namesOf(digest: string): Promise<string[]>;
}

/** The part of `/status` that the tests read. */
export interface Status {
  watcher: { state: string };
  outbox: { state: string; waiting: number; sending: number };
  torrents: Array<{ hash: string; state: string }>;
  digests: Array<{ id: string; lines: number; delivered: number }>;
}

export interface SceneOptions {
  generation: QbittorrentGeneration;
  /** Whether the hook for finished torrents is also set. */
  finishHook: boolean;
  journal: Journal;
  /** `DIGEST_FROM`. Default: each completion has its own card. */
  digestFrom?: number;
  /** `COMMAND_TOPIC`. Default: cards have no buttons. */
  commandTopic?: string;
}

/** Starts everything but the sidecar, and sets its hook. */
export async function startScene({
  generation,
  finishHook,
  journal,
  digestFrom,
  commandTopic,
}: SceneOptions): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startQbittorrent(generation));
  const ntfy = stack.use(await startNtfy('current', { cacheFile: true, requestLimit: 'none' }));
  const seeds = stack.use(new AsyncDisposableStack());
  const [hookPort, opsPort] = [await freePort(), await freePort()];
  const toQbittorrent = stack.use(await startChaosProxy(qbittorrent.url));
  const toNtfy = stack.use(await startChaosProxy(ntfy.url));
  const toSidecar = stack.use(await startChaosProxy(`http://127.0.0.1:${hookPort}`));
  const state = temporaryFolder('chaos');
  stack.defer(() => removeFolder(state));
  const opsToken = 'planted-ops-token';
  const sidecar = stack.use(
    createSidecarProcess({
      STATE_DIR: state,
      INSTANCE_NAME: 'qbit',
      DIGEST_FROM: String(digestFrom ?? 'never'),
      ...(commandTopic === undefined ? {} : { COMMAND_TOPIC: commandTopic }),
      QBIT_HOST: toQbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${toNtfy.url}/${TOPIC}`,
      NTFY_RATE: 'unlimited',
      NTFY_RETRY_MAX: '2s',
      POLL_INTERVAL: '1s',
      HOOK_PORT: String(hookPort),
      OPS_HOST: '127.0.0.1',
      OPS_PORT: String(opsPort),
      OPS_TOKEN: opsToken,
      LOG_LEVEL: 'debug',
    }),
  );
  const port = new URL(toSidecar.url).port;
  const hook = (path: string) =>
    `curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:${port}/${path}?hash=%K"`;
  await qbittorrent.setAddedHook(hook('track'));
  if (finishHook)
    await qbittorrent.setPreferences({ autorun_enabled: true, autorun_program: hook('finished') });
  const owned = stack.move();
  return {
    journal,
    qbittorrent,
    ntfy,
    seed: async (rate) => seeds.use(await startWebSeed({ rate })),
    sidecar,
    toQbittorrent,
    toNtfy,
    toSidecar,
    secrets: [qbittorrent.password, opsToken, TOPIC],
    withQbittorrent: createQueue(),
    status: () => readStatus(`http://127.0.0.1:${opsPort}/status`, opsToken),
    async namesOf(digest) {
      // A kept connection may be closed at this moment.
      const headers = { authorization: `Bearer ${opsToken}`, connection: 'close' };
      const answer = await fetch(`http://127.0.0.1:${opsPort}/digest?id=${digest}`, { headers });
      const { all } = (await answer.json()) as { all: { name: string }[] };
      return all.map(({ name }) => name);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Runs calls one after the other. */
function createQueue(): Scene['withQbittorrent'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {}); // the caller receives the rejection
    return mine;
  };
}

async function readStatus(url: string, token: string): Promise<Status | null> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(5000) });
    return answer.ok ? ((await answer.json()) as Status) : null;
  } catch {
    return null;
  }
}
