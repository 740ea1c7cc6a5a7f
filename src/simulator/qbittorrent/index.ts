/** An embedded qBittorrent: the WebAPI of its generations, without BitTorrent. */
import { createRecorder } from '../faults.ts';
import type { Fail } from '../faults.ts';
import type { LoggedRequest } from '../request.ts';
import { createWire, listen } from '../wire.ts';
import { appEndpoints, createPreferences } from './app.ts';
import type { Preferences } from './app.ts';
import { describe } from './answer.ts';
import type { TorrentObject } from './answer.ts';
import { authEndpoints } from './auth.ts';
import { dispatch } from './dispatch.ts';
import { generations } from './generations.ts';
import type { SimulatedGeneration } from './generations.ts';
import { cookies, guard } from './guard.ts';
import type { Access } from './guard.ts';
import { createLibrary } from './library.ts';
import type { Hook } from './library.ts';
import type { Step } from './script.ts';
import { createBans, createSessions } from './sessions.ts';
import type { TorrentSpec } from './torrent.ts';
import { torrentEndpoints } from './torrents.ts';

export interface QbittorrentOptions {
  /** Default `current`. */
  generation?: SimulatedGeneration;
  /** Default 0: a free one. */
  port?: number;
  /** Default `admin`. */
  username?: string;
  /** Default `adminadmin`. */
  password?: string;
  /** Default: none. Only `current` has API keys. */
  apiKey?: string;
  /** Loopback needs no login; each call without a cookie gets a new session. Default `false`. */
  bypassLocalAuth?: boolean;
  /** Seconds, sliding; 0 = never. Default 3600. */
  sessionTimeout?: number;
  /** Milliseconds. The clock of everything except the hook's delay of 20 ms. Default `Date.now`. */
  now?: () => number;
  /** "Run on torrent added"; never before 4.5. */
  hook?: Hook;
  /** "Run on torrent finished". */
  finishedHook?: Hook;
}

export interface QbittorrentSimulator extends AsyncDisposable {
  url: string;
  port: number;
  username: string;
  password: string;
  /** As in `app/version`. */
  version: string;
  generation: SimulatedGeneration;
  /** Adds a torrent and returns its ID. Throws if that ID exists already. */
  addTorrent: (spec?: TorrentSpec) => string;
  removeTorrent: (hash: string) => void;
  /** Replaces the torrent's remaining steps. */
  play: (hash: string, steps: Step[]) => void;
  /** As for a hybrid whose metadata arrives: a new ID, `infohash_v1` stays the old one. */
  changeId: (hash: string, newHash: string) => void;
  /** All torrents as in `torrents/info`, without a request. */
  torrents: () => TorrentObject[];
  preferences: Preferences;
  /** All requests, oldest first. */
  requests: LoggedRequest[];
  /** Logins that opened a session. */
  readonly logins: number;
  /** Stored sessions, including expired ones that were not used since. */
  readonly sessions: number;
  /** Ends all sessions, as after a restart. */
  expireSessions: () => void;
  /** Bans loopback for an hour of `now`. */
  ban: () => void;
  liftBan: () => void;
  fail: Fail;
  /** Refuses connections; the torrents continue. */
  goOffline: () => Promise<void>;
  /** Accepts connections again, as after a restart: without sessions and bans, with the torrents. */
  goOnline: () => Promise<void>;
  stop: () => Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** The WebUI's page, which needs no login. */
const PAGE = '<!DOCTYPE html><title>qBittorrent WebUI</title>';

/** Creates the parts of a simulator. */
function assemble(options: QbittorrentOptions) {
  const id = options.generation ?? 'current';
  const generation = generations[id];
  const now = options.now ?? Date.now;
  const timeout = options.sessionTimeout ?? 3600;
  const preferences = createPreferences(options.port ?? 0, timeout, generation);
  const access: Access = {
    generation,
    username: options.username ?? 'admin',
    password: options.password ?? 'adminadmin',
    apiKey: options.apiKey ?? null,
    bypass: options.bypassLocalAuth ?? false,
    sessions: createSessions(timeout, generation.sessionLimit, now),
    bans: createBans(now),
    now,
    port: () => Number(preferences.web_ui_port),
    logins: 0,
  };
  const library = createLibrary({
    now,
    onAdded: generation.addedHook ? options.hook : undefined,
    onFinished: options.finishedHook,
  });
  const recorder = createRecorder();
  const endpoints = {
    ...authEndpoints(access),
    ...appEndpoints(generation, preferences, now()),
    ...torrentEndpoints(generation, library),
  };
  const app = createWire(recorder, now)
    .use(cookies, guard(access))
    .all('/', () => new Response(PAGE, { headers: { 'Content-Type': 'text/html' } }))
    .all('*', dispatch(endpoints, generation));
  return { id, access, library, preferences, recorder, app };
}

/**
 * Starts an embedded qBittorrent on loopback.
 *
 * @example
 * await using qbittorrent = await startQbittorrentSimulator({ hook: (hash) => track(hash) });
 * qbittorrent.addTorrent({ name: 'debian.iso', size: 650_000_000, rate: 8_000_000, scenario: 'mixed' });
 */
export async function startQbittorrentSimulator(
  options: QbittorrentOptions = {},
): Promise<QbittorrentSimulator> {
  const { id, access, library, preferences, recorder, app } = assemble(options);
  const server = await listen(app, options.port ?? 0);
  preferences.web_ui_port = server.port;
  const stop = async () => {
    library.stop();
    await server.stop();
  };
  return {
    url: server.url,
    port: server.port,
    username: access.username,
    password: access.password,
    version: access.generation.version,
    generation: id,
    addTorrent: (spec = {}) => {
      const hash = library.add(spec);
      if (hash === null) throw new Error('this torrent exists already');
      return hash;
    },
    removeTorrent: library.remove,
    play: (hash, steps) => library.play(hash, steps),
    changeId: library.changeId,
    torrents: () => library.list().map((torrent) => describe(torrent, access.generation)),
    preferences,
    requests: recorder.requests,
    get logins() {
      return access.logins;
    },
    get sessions() {
      return access.sessions.count();
    },
    expireSessions: access.sessions.expireAll,
    ban: () => access.bans.ban(LOOPBACK),
    liftBan: access.bans.liftAll,
    fail: recorder.fail,
    goOffline: server.stop,
    goOnline: async () => {
      access.sessions.expireAll();
      access.bans.liftAll();
      await server.resume();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
