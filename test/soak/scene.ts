/** Real servers, the shipped sidecar, and hostile proxies between them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readShipped } from '../../src/development/shipped.ts';
import { sumOf } from '../bench/lib/subjects.ts';
import type { Journal } from '../chaos/journal.ts';
import { startChaosProxy } from '../chaos/proxy.ts';
import type { ChaosProxy } from '../chaos/proxy.ts';
import { createSidecarProcess } from '../chaos/sidecar.ts';
import type { SidecarProcess } from '../chaos/sidecar.ts';
import { freePort, startNtfy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type { Ntfy, Qbittorrent, QbittorrentGeneration, WebSeed } from '../servers/index.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import type { Target } from './attackers.ts';

export const TOPIC = 'soak-topic';

export interface Scene extends AsyncDisposable {
  journal: Journal;
  qbittorrent: Qbittorrent;
  ntfy: Ntfy;
  /** A web seed for one torrent, with this many bytes per second. */
  seed(rate: number): Promise<WebSeed>;
  sidecar: SidecarProcess;
  pid: number;
  toQbittorrent: ChaosProxy;
  toNtfy: ChaosProxy;
  /** The sidecar's ports, and the tokens that some attackers have. */
  target: Target;
  /** Texts that the sidecar must never print. */
  secrets: string[];
  /** `null` when it is not answered within 5 s. */
  status(): Promise<Status | null>;
  /** The number of tracked torrents; 0 when it is not answered within 5 s. */
  tracked(): Promise<number>;
}

/** The part of `/status` that the test reads. */
export interface Status {
  hook: { state: string } | null;
  watcher: { state: string };
  outbox: { waiting: number; sending: number };
  torrents: unknown[];
}

/** Starts everything. The sidecar has installed its hooks in qBittorrent when this resolves. */
export async function startScene(generation: QbittorrentGeneration, journal: Journal): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder('soak');
  stack.defer(() => removeFolder(folder));
  const qbittorrent = stack.use(await startQbittorrent(generation));
  const ntfy = stack.use(await startNtfy('current', { cacheFile: true, requestLimit: 'none' }));
  const seeds = stack.use(new AsyncDisposableStack());
  const toQbittorrent = stack.use(await startChaosProxy(qbittorrent.url));
  const toNtfy = stack.use(await startChaosProxy(ntfy.url));
  const target: Target = {
    hookPort: await freePort(),
    opsPort: await freePort(),
    hookToken: 'planted-hook-token',
    opsToken: 'planted-ops-token',
  };
  const sidecar = stack.use(
    createShipped(folder, {
      INSTANCE_NAME: 'qbit',
      // Each completion has its own card: others test digests.
      DIGEST_FROM: 'never',
      QBIT_HOST: toQbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${toNtfy.url}/${TOPIC}`,
      NTFY_RATE: 'unlimited',
      AUTO_INSTALL_HOOK: 'true',
      HOOK_PORT: String(target.hookPort),
      HOOK_TOKEN: target.hookToken,
      OPS_HOST: '127.0.0.1',
      OPS_PORT: String(target.opsPort),
      OPS_TOKEN: target.opsToken,
    }),
  );
  sidecar.start();
  const status = async () => JSON.parse((await read(target, '/status')) ?? 'null') as Status | null;
  await until('the hooks are installed', async () => (await status())?.hook?.state.includes('installed'), {
    deadline: 120_000,
  });
  const owned = stack.move();
  return {
    journal,
    qbittorrent,
    ntfy,
    seed: async (rate) => seeds.use(await startWebSeed({ rate })),
    sidecar,
    pid: sidecar.current?.pid ?? 0,
    toQbittorrent,
    toNtfy,
    target,
    secrets: [qbittorrent.password, target.hookToken, target.opsToken, TOPIC],
    status,
    tracked: async () => sumOf((await read(target, '/metrics')) ?? '', 'qbit_ntfy_torrents{'),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The bundle, with the flags and the environment of the Dockerfile; the state is stored in this folder. */
function createShipped(folder: string, env: Record<string, string>): SidecarProcess {
  const shipped = readShipped();
  const state = join(folder, 'state');
  mkdirSync(state);
  const here = (text: string) => text.replace(/(^|=)\/state$/, `$1${state}`);
  const own = Object.fromEntries(Object.entries(shipped.env).map(([name, value]) => [name, here(value)]));
  return createSidecarProcess({ ...own, ...env });
}

/** `null` when it is not answered with 200 within 5 s. */
async function read({ opsPort, opsToken }: Target, path: string): Promise<string | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${opsPort}${path}`, {
      headers: { authorization: `Bearer ${opsToken}`, connection: 'close' },
      signal: AbortSignal.timeout(5000),
    });
    const text = await answer.text();
    return answer.ok ? text : null;
  } catch {
    return null;
  }
}
