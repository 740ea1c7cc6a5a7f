import * as z from 'zod';
import type { Hash, Result } from '../../machines/domain.ts';
import { LIST_TIMEOUT } from '../../machines/watchdog.ts';
import { err } from '../http/request.ts';
import { torrentIdOf } from '../util/torrent-id.ts';
import type { Connection } from './connection.ts';
import { readList } from './list.ts';
import type { Reading } from './list.ts';
import { createFileSet, filesAt, normalize, placeOf } from './paths.ts';
import type { Place } from './paths.ts';

/** Files of a torrent; one with more counts as sharing them. */
const MAX_FILES = 20_000;

/** Torrents whose files are compared; where more could have a file in common, one counts as having it. */
const MAX_COMPARED = 10;

const torrentSchema = z.object({
  hash: z.string().toLowerCase(),
  name: z.string().catch(''),
  save_path: z.string().catch(''),
  /** Since 4.3.1. */
  content_path: z.string().nullable().catch(null),
});

const fileSchema = z.object({ name: z.string() });

interface Torrent extends Place {
  hash: Hash;
}

/**
 * Whether another torrent in qBittorrent has a file of this torrent, as cross-seeds do: to delete this one with its files
 * would delete that file of the other. Needs a session; fails as polls do, and after 60 s in all. A torrent that does not
 * exist, or has no metadata yet, shares nothing.
 *
 * The rule: two torrents share files if one file of each has the same path, which is the folder where qBittorrent stores the
 * torrent now, and the name of the file in it. Files that are not selected or not complete count, too. The other torrents
 * come from the list of all (their `content_path`: the file, or the folder of several); file by file are compared only
 * those whose folder is above one of this torrent's files. Paths are compared as `normalize` says. Links, and folders
 * that are mounted at two paths, are not recognized. Versions before 4.3.1 report no `content_path`: it is the save path
 * and the name, so a torrent that was renamed may be missed.
 *
 * Where it was not found out, because there is too much to compare (`MAX_FILES`, `MAX_COMPARED`), the answer is `true`.
 */
export async function sharesFiles(
  connection: Connection,
  hash: Hash,
  signal?: AbortSignal,
): Promise<Result<boolean>> {
  const id = torrentIdOf(hash);
  if (id === null) return err('bug', 'files without a valid hash were not looked up in qBittorrent');
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LIST_TIMEOUT);
  const signals = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
  const result = await findShared(connection, id, signals);
  clearTimeout(timer);
  if (result.ok || !limit.signal.aborted) return result;
  const message = `${connection.host} did not answer within ${LIST_TIMEOUT / 1000} s`;
  return err('unreachable', message, 'timeout');
}

async function findShared(connection: Connection, hash: Hash, signal: AbortSignal): Promise<Result<boolean>> {
  const own = await readTorrents(connection, (torrent) => torrent.hash === hash, {
    form: { hashes: hash },
    signal,
  });
  if (!own.ok) return own;
  const [torrent] = own.value;
  if (torrent === undefined) return answer(false);
  const paths = await readFiles(connection, torrent, signal);
  if (!paths.ok) return paths;
  if (paths.value.length === 0) return answer(false);
  if (paths.value.length > MAX_FILES) return answer(true);

  const files = createFileSet(paths.value);
  const others = await readTorrents(
    connection,
    (other) => other.hash !== hash && files.overlaps(other.content),
    { form: { filter: 'all' }, max: MAX_COMPARED + 1, timeout: LIST_TIMEOUT, signal },
  );
  if (!others.ok) return others;
  if (others.value.length > MAX_COMPARED) return answer(true);
  if (others.value.some(({ content }) => files.has(content))) return answer(true);
  for (const other of others.value) {
    const paths = await readFiles(connection, other, signal);
    if (!paths.ok) return paths;
    if (paths.value.length > MAX_FILES || paths.value.some((path) => files.has(path))) return answer(true);
  }
  return answer(false);
}

const answer = (value: boolean): Result<boolean> => ({ ok: true, value });

/** The torrents that have files and are included. */
const readTorrents = (
  connection: Connection,
  isIncluded: (torrent: Torrent) => boolean,
  reading: Omit<Reading<Torrent>, 'read'>,
) =>
  readList<Torrent>(connection, 'torrents', {
    ...reading,
    read(entry) {
      const { data } = torrentSchema.safeParse(entry);
      const place = data === undefined ? null : placeOf(data);
      const torrent = data === undefined || place === null ? null : { ...place, hash: data.hash };
      return torrent !== null && isIncluded(torrent) ? torrent : null;
    },
  });

/** The paths of its files: at most one more than `MAX_FILES`. */
async function readFiles(
  connection: Connection,
  torrent: Torrent,
  signal: AbortSignal,
): Promise<Result<string[]>> {
  const names = await readList(connection, 'files', {
    form: { hash: torrent.hash },
    read(entry) {
      const { data } = fileSchema.safeParse(entry);
      return data === undefined ? null : normalize(data.name);
    },
    max: MAX_FILES + 1,
    signal,
  });
  return names.ok ? { ok: true, value: filesAt(torrent, names.value) } : names;
}
