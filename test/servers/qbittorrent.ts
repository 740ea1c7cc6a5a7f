/** A real qBittorrent for a test: separate profile and port, known password; it ends with the test. */
import { randomBytes } from 'node:crypto';
import { freePort } from './ports.ts';
import { removeFolder, startProcess, temporaryFolder, untilAnswering } from './processes.ts';
import type { ServerProcess } from './processes.ts';
import { program } from './programs.ts';
import type { QbittorrentGeneration } from './programs.ts';
import { createApi } from './qbittorrent-api.ts';
import type { Api } from './qbittorrent-api.ts';
import { writeConfig } from './qbittorrent-config.ts';
import { createTorrentCalls } from './qbittorrent-torrents.ts';
import type { TorrentCalls } from './qbittorrent-torrents.ts';

/** How a qBittorrent is started. */
export interface QbittorrentOptions {
  /** No login from loopback; default false. */
  bypassLocalAuth?: boolean;
  /** `qbt_` and 28 letters or digits; only the current generation supports it. */
  apiKey?: string;
  /** Default `admin`. */
  username?: string;
  /** Default: a random one. */
  password?: string;
  /** Default: a free one. */
  port?: number;
  /** Milliseconds between two updates of its own values; default 300. */
  refreshInterval?: number;
  /** Default false: everything downloads at once. */
  queueing?: boolean;
  /** Sent to `app/setPreferences` after the start; kept across restarts. */
  preferences?: Record<string, unknown>;
  /** Additional variables of its environment; its hooks inherit them. */
  env?: Record<string, string>;
}

/** A running qBittorrent. */
export interface Qbittorrent extends AsyncDisposable, TorrentCalls {
  generation: QbittorrentGeneration;
  /** The version that it reports, without the `v`: `5.3.0`. */
  version: string;
  url: string;
  port: number;
  username: string;
  password: string;
  /** Its folder, with the downloads in `downloads`. */
  profile: string;
  /** The pid of the current process: it changes with `restart`. */
  readonly pid: number;
  /** A WebAPI call in the tests' own session, like `torrents/info`: GET, or POST with a form. */
  api: Api['call'];
  setPreferences(preferences: Record<string, unknown>): Promise<void>;
  /** Sets the program that runs when a torrent is added, and enables it. */
  setAddedHook(command: string): Promise<void>;
  /** Ends it, and starts it again on the same port and profile: torrents are kept, every session is lost. */
  restart(whileDown?: () => void): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

/** Starts a qBittorrent of a generation; it has accepted the tests' login when this resolves. */
export async function startQbittorrent(
  generation: QbittorrentGeneration,
  options: QbittorrentOptions = {},
): Promise<Qbittorrent> {
  if (options.apiKey !== undefined && generation !== 'current')
    throw new Error('API keys need the current generation');
  const { username = 'admin', password = randomBytes(9).toString('base64url') } = options;
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const profile = temporaryFolder('qbittorrent');
  await writeConfig(profile, {
    port,
    username,
    password,
    torrentPort: await freePort(),
    bypassLocalAuth: options.bypassLocalAuth ?? false,
    apiKey: options.apiKey,
    refreshInterval: options.refreshInterval ?? 300,
    queueing: options.queueing ?? false,
  });
  const start = () => launch(generation, profile, url, options.env);
  let server = await start();
  const api = createApi({ url, username, password, crashed: () => server.crashed() });

  const setPreferences = async (preferences: Record<string, unknown>): Promise<void> => {
    const answer = await api.call('app/setPreferences', { json: JSON.stringify(preferences) });
    if (!answer.ok) throw new Error(`setPreferences was refused: ${answer.status} ${await answer.text()}`);
  };
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeFolder(profile);
  };
  const version = await readVersion(api).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  if (options.preferences !== undefined) await setPreferences(options.preferences);
  return {
    generation,
    version,
    url,
    port,
    username,
    password,
    profile,
    get pid() {
      return server.pid;
    },
    api: (path, form) => api.call(path, form),
    ...createTorrentCalls(api, generation),
    setPreferences,
    setAddedHook: (command) =>
      setPreferences({ autorun_on_torrent_added_enabled: true, autorun_on_torrent_added_program: command }),
    async restart(whileDown) {
      await server.stop();
      api.dropSession();
      whileDown?.();
      server = await start();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function launch(
  generation: QbittorrentGeneration,
  profile: string,
  url: string,
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  const flags = generation === 'legacy' ? [] : ['--confirm-legal-notice'];
  const known = await program(`qbittorrent ${generation}`);
  const server = startProcess(
    { ...known, env: { ...known.env, ...env } },
    [...flags, `--profile=${profile}`],
    profile,
  );
  try {
    await untilAnswering(server, `${url}/api/v2/app/version`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function readVersion(api: Api): Promise<string> {
  const answer = await api.call('app/version');
  const text = await answer.text();
  if (!answer.ok) throw new Error(`app/version was refused: ${answer.status} ${text}`);
  return text.replace(/^v/, '');
}
