import { chmodSync, lstatSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { COMPANIONS } from './aside.ts';
import { FolderError, ForeignFileError } from './trouble.ts';

/**
 * Makes sure that what is opened next are this user's own regular files, and that nobody else may read them. SQLite would
 * write through a symbolic link, wait for ever on a FIFO, and keep whatever mode a file has, for its journal too.
 * Throws what `troubleOf` understands.
 */
export function secureFiles(path: string): void {
  const folder = statSync(dirname(path));
  if (!folder.isDirectory()) throw new FolderError('not a folder');
  const fault = findFault(path, folder);
  if (fault !== null) throw new ForeignFileError(fault);
  for (const suffix of COMPANIONS) {
    const stats = lstatSync(path + suffix, { throwIfNoEntry: false });
    if (stats !== undefined && (stats.mode & 0o077) !== 0) makePrivate(path + suffix, stats);
  }
}

/** Why the state files can't be used, for people; `null` when they can, or are not there yet. Changes nothing. */
export function faultOfFiles(path: string): string | null {
  return findFault(path, statSync(dirname(path)));
}

function findFault(path: string, folder: Stats): string | null {
  for (const suffix of COMPANIONS) {
    const stats = lstatSync(path + suffix, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const name = `${basename(path)}${suffix} in STATE_DIR`;
    if (!stats.isFile()) return `${name} is ${kindOf(stats)}, not a regular file`;
    if (isPlanted(stats, folder, dirname(path)))
      return `${name} belongs to another user (${stats.uid}), in a folder that everyone may write to`;
  }
  return null;
}

function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/**
 * Whoever may write to the folder could have made a file in advance, to read what is written to it. Root and the owner of
 * the folder can read it anyway.
 */
function isPlanted(file: Stats, folder: Stats, dir: string): boolean {
  const us = process.geteuid?.();
  if (us === undefined || (folder.mode & 0o002) === 0) return false;
  return ![us, 0, folder.uid].includes(file.uid) && !isOwnerOfNewFiles(dir, file.uid);
}

/** Network file systems give all files to one user. Nothing leaks on a volume that nobody can write to. */
function isOwnerOfNewFiles(dir: string, uid: number): boolean {
  try {
    const made = mkdtempSync(join(dir, '.owner-'));
    const own = statSync(made).uid;
    rmdirSync(made);
    return own === uid;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS';
  }
}

/** Only takes rights away. Where that is not possible (a read-only volume, a file system without modes) it stays. */
function makePrivate(path: string, { mode }: Stats): void {
  try {
    chmodSync(path, mode & 0o700);
  } catch {}
}
