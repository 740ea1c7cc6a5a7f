import { existsSync, renameSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** What belongs to an SQLite file, https://sqlite.org/tempfiles.html. */
const COMPANIONS = ['', '-wal', '-shm', '-journal'] as const;

/**
 * Renames a file that this version can't use, so that nobody writes over it: `<file>.<why>-<time>`, its companions
 * along, so that SQLite's tools can still open it there. Needs no room on the disk. Returns its new name.
 *
 * A database that is open has to be closed after this, not before: SQLite leaves a file alone that was moved under it,
 * and would else write its journal into it (`databaseIsUnmoved` in SQLite's pager.c).
 */
export function setAside(path: string, why: 'damaged' | 'newer'): string {
  const time = new Date().toISOString().replace(/[-:.]/g, '');
  const names = Array.from(
    { length: 100 },
    (_, index) => `${path}.${why}-${time}${index ? `-${index}` : ''}`,
  );
  const target = names.find((name) => COMPANIONS.every((suffix) => !existsSync(name + suffix))) ?? path;
  for (const suffix of COMPANIONS) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return basename(target);
}

/** SQLite's smallest page. */
const SMALLEST = 512;

/**
 * What SQLite would take for a new file, and write over: one that was cut off within its first page, or a journal
 * without its file. The journal is looked at first: a process that begins a file makes it last.
 */
export function isStump(path: string): boolean {
  const [journal, file] = [sizeOf(`${path}-wal`), sizeOf(path)];
  return file === 0 ? journal > 0 : file < SMALLEST;
}

/** In bytes; 0 when there is no such file. */
export function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats.size : 0;
}
