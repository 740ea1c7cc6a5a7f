import type { Login } from '../../machines/session.ts';
import type { CompletionSettings, Hash, Observation, Result } from '../../machines/types.ts';
import type { Config } from '../config/index.ts';
import { failed } from '../http.ts';
import { createConnection, judge } from './connection.ts';
import type { Connection } from './connection.ts';
import { createListReader } from './list-reader.ts';
import { login } from './login.ts';
import { readCompletionSettings } from './preferences.ts';
import { torrentSchema } from './torrent.ts';

/** What the sidecar asks of qBittorrent. None of it throws. */
export interface QbittorrentClient {
  login(signal?: AbortSignal): Promise<Login>;
  /** The torrents with these IDs; unknown IDs are left out. An empty list asks nothing: to qBittorrent it means "all". */
  observe(hashes: readonly Hash[], signal?: AbortSignal): Promise<Result<Observation[]>>;
  list(signal?: AbortSignal): Promise<Result<Observation[]>>;
  /** The torrents that were added last, finished or not. */
  newest(signal?: AbortSignal): Promise<Result<Observation[]>>;
  /** How it comes to a finished state, by its preferences. */
  settings(signal?: AbortSignal): Promise<Result<CompletionSettings>>;
  /** Every torrent that is still on its way. */
  scan(signal?: AbortSignal): Promise<Result<Observation[]>>;
}

/** More than anybody adds between two looks. */
const NEWEST = 50;

/**
 * Filters that together hold what is not finished. `checking` and `moving` came with 4.4 and 4.5; a filter that a
 * version does not know means "all", and the look at each torrent makes that right. Downloads come last:
 * what has its resume data checked might otherwise begin to download between two questions and be in neither answer.
 */
const UNFINISHED = ['checking', 'moving', 'downloading'];

/** A client for qBittorrent's WebAPI, 4.1 to 5.3. Who else needs its session hands in the connection. */
export function createQbittorrentClient(
  config: Config['qbittorrent'],
  connection: Connection = createConnection(config),
): QbittorrentClient {
  return {
    login: (signal) => login(connection, config.auth, signal),
    observe: async (hashes, signal) =>
      hashes.length === 0
        ? { ok: true, value: [] }
        : torrents(connection, { hashes: hashes.join('|') }, signal),
    list: (signal) => torrents(connection, { filter: 'all' }, signal),
    newest: (signal) =>
      torrents(connection, { sort: 'added_on', reverse: 'true', limit: String(NEWEST) }, signal),
    settings: (signal) => readCompletionSettings(connection, signal),
    async scan(signal) {
      const found = new Map<Hash, Observation>();
      for (const filter of UNFINISHED) {
        const result = await torrents(connection, { filter }, signal);
        if (!result.ok) return result;
        for (const torrent of result.value) if (isUnfinished(torrent)) found.set(torrent.hash, torrent);
      }
      return { ok: true, value: [...found.values()] };
    },
  };
}

/** Always a POST: a long list of hashes is too much for a URL. One odd entry never costs the others their poll. */
async function torrents(
  { call, host }: Connection,
  form: Record<string, string>,
  signal?: AbortSignal,
): Promise<Result<Observation[]>> {
  const found: Observation[] = [];
  const reader = createListReader((entry) => {
    const parsed = torrentSchema.safeParse(entry);
    if (parsed.success) found.push(parsed.data);
  });
  const reply = await call('torrents/info', form, signal, (piece) => reader.push(piece));
  if (!reply.ok) return reply;
  const judged = judge(reply.value, host);
  if (judged !== null) return judged;
  return reader.isWhole()
    ? { ok: true, value: found }
    : failed('protocol', `${host} sent no list of torrents`);
}

/** A seeding torrent that is checked again looks like a download, but for having been finished once. */
function isUnfinished({ phase, progress, finishedAt }: Observation): boolean {
  return phase !== 'complete' && phase !== 'failed' && progress < 1 && finishedAt === null;
}
