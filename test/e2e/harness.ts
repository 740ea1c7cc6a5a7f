/** A sidecar, composed as by `npm start`, with real servers. */
import type { Policy } from '../../machines/policy.ts';
import type { QuietHours } from '../../machines/quiet/types.ts';
import type { Sidecar } from '../../src/app/start.ts';
import { startNtfy, startProxy, startQbittorrent, startWebSeed } from '../servers/index.ts';
import type {
  Ntfy,
  NtfyGeneration,
  NtfyMessage,
  Proxy,
  ProxyOptions,
  Qbittorrent,
  QbittorrentGeneration,
  WebSeed,
} from '../servers/index.ts';
import { hookLine, startSidecar } from '../support/sidecar.ts';

export const TOPIC = 'downloads';

/** Everything that takes part in a download. */
export interface Scene extends AsyncDisposable {
  qbittorrent: Qbittorrent;
  ntfy: Ntfy;
  seed: WebSeed;
  /** Between sidecar and qBittorrent: counts the requests. */
  toQbittorrent: Proxy;
  /** Between sidecar and ntfy. */
  toNtfy: Proxy;
  sidecar: Sidecar;
  /** Every line that the sidecar logged. */
  log: string[];
  messages(): Promise<NtfyMessage[]>;
  status(): Promise<Status>;
}

/** What the tests read of `/status`. */
export interface Status {
  supervisor: string;
  session: { state: string };
  watcher: { state: string; watching: number };
  outbox: { state: string; live: boolean | null };
  discovery: { scan: string; newest: string } | null;
  torrents: Array<{ hash: string; name: string | null; state: string; progress: number }>;
}

export interface SceneOptions {
  qbittorrent: QbittorrentGeneration;
  ntfy?: NtfyGeneration;
  /** Bytes per second of the web seed. */
  rate?: number;
  /** What the proxy in front of qBittorrent changes. */
  proxy?: ProxyOptions;
  /** Changes of the sidecar's environment. */
  env?: Record<string, string>;
  /** Intervals that no setting makes as short. */
  policy?: Partial<Policy>;
  quietHours?: () => QuietHours | null;
}

/** Starts real servers, a sidecar and the hook; everything ends with the scene. */
export async function startScene(options: SceneOptions): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startQbittorrent(options.qbittorrent));
  // The number of messages depends on the duration of a download: that must not reach ntfy's limits.
  const ntfy = stack.use(await startNtfy(options.ntfy ?? 'current', { requestLimit: 'none' }));
  const seed = stack.use(await startWebSeed({ rate: options.rate ?? 2_000_000 }));
  const toQbittorrent = stack.use(await startProxy(qbittorrent.url, options.proxy));
  const toNtfy = stack.use(await startProxy(ntfy.url));
  const log: string[] = [];
  const sidecar = await startSidecar(
    {
      QBIT_HOST: toQbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${toNtfy.url}/${TOPIC}`,
      ...options.env,
    },
    log,
    options.policy,
    options.quietHours === undefined ? {} : { quietHours: options.quietHours },
  );
  stack.defer(() => sidecar.stop());
  await qbittorrent.setAddedHook(hookLine(sidecar));
  const owned = stack.move();
  return {
    qbittorrent,
    ntfy,
    seed,
    toQbittorrent,
    toNtfy,
    sidecar,
    log,
    messages: () => ntfy.messages(TOPIC),
    status: async () => (await (await fetch(`http://127.0.0.1:${sidecar.ops.port}/status`)).json()) as Status,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
