import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { sizeOf } from './aside.ts';
import { FILE } from './disk.ts';
import { inspect, NOTHING } from './inspect.ts';
import type { Found } from './inspect.ts';

/**
 * What can be read of a file that can't be opened for writing, on a volume that was mounted read-only for example:
 * the completions in it are still to be told. Never throws; nothing when nothing can be read.
 */
export function peek(dir: string): Found {
  const path = join(dir, FILE);
  try {
    return sizeOf(`${path}-wal`) > 0 ? readCopy(path) : readInPlace(path);
  } catch {
    return NOTHING;
  }
}

/** Without a journal the file is all there is, and `immutable` does without locks and other files. */
function readInPlace(path: string): Found {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  return read(url);
}

/** SQLite reads no journal where it can't write. */
function readCopy(path: string): Found {
  const folder = mkdtempSync(join(tmpdir(), 'sidecar-'));
  try {
    const copy = join(folder, FILE);
    for (const suffix of ['', '-wal']) {
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
    }
    return read(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(path: string | URL): Found {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return inspect(database, true);
  } finally {
    database.close();
  }
}
