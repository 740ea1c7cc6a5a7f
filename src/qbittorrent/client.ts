import { isUnfinished } from '../../machines/discovery/unfinished.ts';
import { LIST_TIMEOUT } from '../../machines/watchdog.ts';
import type { Login } from '../../machines/session/machine.ts';
import type { CompletionSettings, Hash, Observation, Result } from '../../machines/domain.ts';
import type { Config } from '../config/index.ts';
import { err } from '../http/request.ts';
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
  /** Those of all torrents that have one of these as their ID, v1 or v2 hash. */
  list(hashes: readonly Hash[], signal?: AbortSignal): Promise<Result<Observation[]>>;
  /** The torrents that were added last, finished or not, the newest first: at most `limit`. */
  newest(limit: number, signal?: AbortSignal): Promise<Result<Observation[]>>;
  /** How it comes to a finished state, by its preferences. */
  settings(signal?: AbortSignal): Promise<Result<CompletionSettings>>;
  /** Every torrent that is not finished, broken ones included. */
  scan(signal?: AbortSignal): Promise<Result<Observation[]>>;
}

/**
 * Filters that together hold what is not finished (measured on 4.5, 5.1 and 5.3): `downloading` leaves out
 * `checkingResumeData`, `moving`, `missingFiles` and `error`. `checking` and `moving` came with 4.4 and 4.5; a filter
 * that a version does not know means "all", and `isUnfinished` makes that right. Downloads come last: what is checked
 * or repaired might otherwise begin to download between two questions and be in neither answer.
 */
const UNFINISHED = ['checking', 'moving', 'errored', 'downloading'];

/** Entries that are kept of one answer: far more than `MAX_TRACKED`, and 50 MB. */
const MAX_ENTRIES = 100_000;

/** A client for qBittorrent's WebAPI, 4.1 to 5.3. Who else needs its session hands in the connection. */
export function createQbittorrentClient(
  config: Config['qbittorrent'],
  connection: Connection = createConnection(config),
): QbittorrentClient {
  return {
    login: (signal) => login(connection, config.auth, signal),
    async observe(hashes, signal) {
      if (hashes.length === 0) return { ok: true, value: [] };
      const asked = new Set(hashes);
      return readTorrents(connection, {
        form: { hashes: hashes.join('|') },
        isWanted: ({ hash }) => asked.has(hash),
        signal,
      });
    },
    list(hashes, signal) {
      const asked = new Set<Hash | null>(hashes);
      const isWanted = ({ hash, v1, v2 }: Observation) => asked.has(hash) || asked.has(v1) || asked.has(v2);
      return readTorrents(connection, { form: { filter: 'all' }, isWanted, timeout: LIST_TIMEOUT, signal });
    },
    newest: (limit, signal) =>
      readTorrents(connection, {
        form: { sort: 'added_on', reverse: 'true', limit: String(limit) },
        signal,
      }),
    settings: (signal) => readCompletionSettings(connection, signal),
    async scan(signal) {
      const found = new Map<Hash, Observation>();
      for (const filter of UNFINISHED) {
        const result = await readTorrents(connection, { form: { filter }, isWanted: isUnfinished, signal });
        if (!result.ok) return result;
        for (const torrent of result.value) found.set(torrent.hash, torrent);
      }
      return { ok: true, value: [...found.values()] };
    },
  };
}

interface Reading {
  form: Record<string, string>;
  /** Which torrents are kept. Default: all. */
  isWanted?: (torrent: Observation) => boolean;
  /** As in `Stream`. */
  timeout?: number;
  signal?: AbortSignal | undefined;
}

/** Always a POST: a long list of hashes is too much for a URL. One odd entry never costs the others their poll. */
async function readTorrents(
  { call, host }: Connection,
  { form, isWanted = () => true, timeout, signal }: Reading,
): Promise<Result<Observation[]>> {
  const found: Observation[] = [];
  const reader = createListReader((entry) => {
    const parsed = torrentSchema.safeParse(entry);
    if (parsed.success && found.length < MAX_ENTRIES && isWanted(parsed.data)) found.push(parsed.data);
  });
  const garbage = new AbortController();
  const take = (piece: string): void => {
    reader.push(piece);
    // Whatever follows: it may never end.
    if (reader.isBroken()) garbage.abort();
  };
  const signals = signal === undefined ? garbage.signal : AbortSignal.any([signal, garbage.signal]);
  const stream = timeout === undefined ? { take } : { take, timeout };
  const reply = await call('torrents/info', form, signals, stream);
  if (reader.isBroken()) return err('protocol', `${host} sent no list of torrents`);
  if (!reply.ok) return reply;
  const judged = judge(reply.value, host);
  if (judged !== null) return judged;
  return reader.isWhole() ? { ok: true, value: found } : err('protocol', `${host} sent no list of torrents`);
}
