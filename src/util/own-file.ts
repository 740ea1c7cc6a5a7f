/** Whether a file in `STATE_DIR` is one that this program created. */
import { lstatSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Why a file in `STATE_DIR` must be neither read nor written; `null` when it may be, or does not exist.
 *
 * @param folder the state of its folder
 */
export function problemOfOwnFile(path: string, folder: Stats): string | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  const name = `${basename(path)} in STATE_DIR`;
  if (!stats.isFile()) return `${name} is ${fileTypeOf(stats)}, not a regular file`;
  return mayBePlanted(stats, folder, dirname(path))
    ? `${name} belongs to another user (${stats.uid}), in a folder that everyone can write to`
    : null;
}

function fileTypeOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/**
 * Any user with write access to the folder could have created the file in advance, to read what is written to it. Root
 * and the owner of the folder can read it anyway.
 */
function mayBePlanted(file: Stats, folder: Stats, dir: string): boolean {
  const uid = process.geteuid?.();
  if (uid === undefined || (folder.mode & 0o002) === 0) return false;
  return ![uid, 0, folder.uid].includes(file.uid) && !isOwnerOfNewFiles(dir, file.uid);
}

/** Network file systems may map all files to one user. On a read-only volume nothing is written, so nothing can leak. */
function isOwnerOfNewFiles(dir: string, uid: number): boolean {
  try {
    const probe = mkdtempSync(join(dir, '.owner-'));
    const owner = statSync(probe).uid;
    rmdirSync(probe);
    return owner === uid;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS';
  }
}
