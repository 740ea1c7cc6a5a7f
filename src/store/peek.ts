import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { sizeOf } from './aside.ts';
import { FILE } from './disk.ts';
import { inspect, EMPTY_FILE } from './inspect.ts';
import type { Found } from './inspect.ts';

/**
 * What can be read of a file that can't be opened for writing, on a volume that was mounted read-only for example:
 * the completions in it are still to be sent. Makes no file anywhere: the image may write to `/state` only. Never
 * throws; nothing when nothing can be read.
 */
export function readOnly(dir: string): Found {
  const path = join(dir, FILE);
  try {
    return sizeOf(`${path}-wal`) > 0 ? readWithJournal(path) : readAlone(path);
  } catch {
    return EMPTY_FILE;
  }
}

/** Without a journal the file is all there is, and `immutable` does without locks and other files. */
function readAlone(path: string): Found {
  return read(path, { immutable: '1' });
}

/**
 * SQLite reads a journal only where it can lock the file and write an index of the journal (`-shm`) beside it, neither of
 * which a read-only volume allows. In exclusive mode the index is in memory (https://sqlite.org/wal.html, section 8), and
 * `unix-none` does without the lock. When it is closed a journal that holds something stays: a file that was opened for
 * reading can't take it over.
 */
function readWithJournal(path: string): Found {
  return read(path, { vfs: 'unix-none' });
}

function read(path: string, parameters: Record<string, string>): Found {
  const url = pathToFileURL(path);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const database = new DatabaseSync(url, { readOnly: true });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    return inspect(database, true);
  } finally {
    database.close();
  }
}
