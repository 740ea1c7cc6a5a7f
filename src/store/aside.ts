import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What belongs to an SQLite file, https://sqlite.org/tempfiles.html. */
export const COMPANIONS = ['', '-wal', '-shm', '-journal'] as const;

/** So many of each reason are kept: who wants to look at one looks at the newest. */
const MAX_QUARANTINED = 3;

/**
 * Renames a file that this version can't use, so that nobody writes over it: `<file>.<why>-<time>`, its companions
 * along, so that SQLite's tools can still open it there. Needs no room on the disk. The oldest that were set aside for the
 * same reason are deleted. Returns its new name.
 *
 * A database that is open has to be closed after this, not before: SQLite leaves a file alone that was moved under it,
 * and would else write its journal into it (`databaseIsUnmoved` in SQLite's pager.c).
 */
export function quarantine(path: string, why: 'damaged' | 'newer'): string {
  const time = new Date().toISOString().replace(/[-:.]/g, '');
  const names = Array.from(
    { length: 100 },
    (_, index) => `${path}.${why}-${time}${index ? `-${index}` : ''}`,
  );
  const target = names.find((name) => COMPANIONS.every((suffix) => !existsSync(name + suffix))) ?? path;
  for (const suffix of COMPANIONS) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  prune(`${path}.${why}-`, basename(target));
  return basename(target);
}

/** Only tidies up: what can't be deleted stays. `newest` stays whatever its clock said. */
function prune(prefix: string, newest: string): void {
  const folder = dirname(prefix);
  const pattern = /^\d{8}T\d{9}Z(?:-\d{1,2})?(?=$|-(?:wal|shm|journal)$)/;
  try {
    const names = readdirSync(folder)
      .filter((name) => name.startsWith(basename(prefix)))
      .flatMap((name) => pattern.exec(name.slice(basename(prefix).length))?.[0] ?? [])
      .map((time) => basename(prefix) + time);
    const older = [...new Set(names)].filter((name) => name !== newest).toSorted();
    for (const name of older.slice(0, -(MAX_QUARANTINED - 1))) {
      for (const suffix of COMPANIONS) rmSync(join(folder, name + suffix), { force: true });
    }
  } catch {}
}

/** SQLite's smallest page. */
const MIN_PAGE_SIZE = 512;

/**
 * What SQLite would take for a new file, and write over: one that was cut off within its first page, or a journal
 * without its file. The journal is looked at first: a process that begins a file makes it last.
 */
export function isTruncated(path: string): boolean {
  const [journal, file] = [sizeOf(`${path}-wal`), sizeOf(path)];
  return file === 0 ? journal > 0 : file < MIN_PAGE_SIZE;
}

/** In bytes; 0 when there is no such file. */
export function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats.size : 0;
}
