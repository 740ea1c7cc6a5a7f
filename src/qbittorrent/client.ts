import { isUnfinished } from '../../machines/discovery/unfinished.ts';
import { LIST_TIMEOUT } from '../../machines/watchdog.ts';
import type { Login } from '../../machines/session/machine.ts';
import type { CompletionSettings, Hash, Observation, Result } from '../../machines/domain.ts';
import type { TorrentCommand } from '../../machines/remote/types.ts';
import type { Config } from '../config/index.ts';
import { createCommand } from './command.ts';
import { createConnection } from './connection.ts';
import type { Connection } from './connection.ts';
import { readList } from './list.ts';
import type { Reading } from './list.ts';
import { login } from './login.ts';
import { readCompletionSettings } from './preferences.ts';
import { sharesFiles } from './shared-files.ts';
import { readTorrent } from './torrent.ts';

/** The requests of the sidecar to qBittorrent. None of them throws. */
export interface QbittorrentClient {
  login(signal?: AbortSignal): Promise<Login>;
  /** The torrents with these IDs; unknown IDs are omitted. An empty list sends no request: to qBittorrent it means "all". */
  observe(hashes: readonly Hash[], signal?: AbortSignal): Promise<Result<Observation[]>>;
  /** The torrents with one of these as their ID, v1 hash or v2 hash. */
  list(hashes: readonly Hash[], signal?: AbortSignal): Promise<Result<Observation[]>>;
  /** The torrents that were added last, finished or not, newest first: at most `limit`. */
  newest(limit: number, signal?: AbortSignal): Promise<Result<Observation[]>>;
  /** The preferences that affect when a finished state is final. */
  settings(signal?: AbortSignal): Promise<Result<CompletionSettings>>;
  /** All unfinished torrents, including those in an error. */
  scan(signal?: AbortSignal): Promise<Result<Observation[]>>;
  /** Changes one torrent. A torrent that does not exist is a success, and so is a repetition: see `createCommand`. */
  command(command: TorrentCommand, signal?: AbortSignal): Promise<Result<null>>;
  /** Whether another torrent would lose files if those of this one were deleted: see `sharesFiles`. */
  sharesFiles(hash: Hash, signal?: AbortSignal): Promise<Result<boolean>>;
}

/**
 * Filters that together return all unfinished torrents (measured on 4.5, 5.1 and 5.3): `downloading` omits
 * `checkingResumeData`, `moving`, `missingFiles` and `error`. `checking` and `moving` exist since 4.4 and 4.5; an unknown
 * filter means "all", which `isUnfinished` corrects. `downloading` is last: a torrent whose check ends between two
 * requests would otherwise be in neither answer.
 */
const UNFINISHED = ['checking', 'moving', 'errored', 'downloading'];

/** A client for the WebAPI of qBittorrent 4.1 to 5.3. Pass a connection to share its session. */
export function createQbittorrentClient(
  config: Config['qbittorrent'],
  connection: Connection = createConnection(config),
): QbittorrentClient {
  return {
    login: (signal) => login(connection, config.auth, signal),
    async observe(hashes, signal) {
      if (hashes.length === 0) return { ok: true, value: [] };
      const requested = new Set(hashes);
      return readTorrents(connection, {
        form: { hashes: hashes.join('|') },
        isIncluded: ({ hash }) => requested.has(hash),
        signal,
      });
    },
    list(hashes, signal) {
      const requested = new Set<Hash | null>(hashes);
      const isIncluded = ({ hash, v1, v2 }: Observation) =>
        requested.has(hash) || requested.has(v1) || requested.has(v2);
      return readTorrents(connection, { form: { filter: 'all' }, isIncluded, timeout: LIST_TIMEOUT, signal });
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
        const result = await readTorrents(connection, { form: { filter }, isIncluded: isUnfinished, signal });
        if (!result.ok) return result;
        for (const torrent of result.value) found.set(torrent.hash, torrent);
      }
      return { ok: true, value: [...found.values()] };
    },
    command: createCommand(connection),
    sharesFiles: (hash, signal) => sharesFiles(connection, hash, signal),
  };
}

interface Torrents extends Omit<Reading<Observation>, 'read'> {
  /** Which torrents are returned. Default: all. */
  isIncluded?: (torrent: Observation) => boolean;
}

/** An invalid entry is skipped. */
const readTorrents = (connection: Connection, { isIncluded = () => true, ...reading }: Torrents) =>
  readList(connection, 'torrents', {
    ...reading,
    read(entry) {
      const torrent = readTorrent(entry);
      return torrent !== null && isIncluded(torrent) ? torrent : null;
    },
  });
