import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isTruncated, quarantine } from './aside.ts';
import { secureFiles } from './files.ts';
import { inspect } from './inspect.ts';
import type { Found } from './inspect.ts';
import { openTable } from './rows.ts';
import { inTransaction } from './schema.ts';
import { VanishedError } from './trouble.ts';

/** The name of the file in its folder. */
export const FILE = 'sidecar.sqlite';

/** JSON texts by name; `null` removes. */
export interface Changes {
  records: ReadonlyMap<string, string | null>;
  facts: ReadonlyMap<string, string | null>;
}

/** The one file, held by this process alone. Everything throws what `troubleOf` understands. */
export interface Disk {
  /**
   * Writes all or nothing. When it returns, it survives the end of the process; `lasting` survives a power loss too
   * (an fsync: 0.1 ms on a good disk, 10 to 20 ms on one that turns).
   */
  write(changes: Changes, lasting: boolean): void;
  close(): void;
  /** Renames the files and closes them as they are. Returns the new name. */
  setAside(): string;
}

/** What came of opening. */
export interface Opened {
  disk: Disk;
  found: Found;
  /** The new name of what could not be used. */
  aside: string | null;
}

/**
 * Opens `<dir>/sidecar.sqlite`, and makes it when there is none. One that is damaged or newer than this program is set
 * aside, and a fresh one is begun with what could be read. Waits up to `wait` ms for another process to let go of it.
 * Throws when something else than a file of this user stands in its place.
 */
export function openDisk(dir: string, wait: number): Opened {
  if (!existsSync(dir)) mkdirSync(dir, { mode: 0o700 });
  const path = join(dir, FILE);
  secureFiles(path);
  const stump = isTruncated(path) ? quarantine(path, 'damaged') : null;
  const database = openFile(path, wait);
  try {
    const found = inspect(database);
    if (found.verdict === 'sound') return { disk: createDisk(path, database), found, aside: stump };
    const aside = quarantine(path, found.verdict);
    closeQuietly(database);
    return { disk: beginAnew(path, found), found, aside };
  } catch (error) {
    closeQuietly(database);
    throw error;
  }
}

function beginAnew(path: string, { records, facts }: Found): Disk {
  const database = openFile(path, 0);
  try {
    inspect(database);
    const disk = createDisk(path, database);
    disk.write({ records, facts }, true);
    return disk;
  } catch (error) {
    closeQuietly(database);
    throw error;
  }
}

/** Writes nothing. The first read takes a lock that only the end of the process or `close` gives back. */
function openFile(path: string, wait: number): DatabaseSync {
  createPrivately(path);
  const database = new DatabaseSync(path, { timeout: wait });
  database.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA journal_size_limit = 1048576;
  `);
  return database;
}

/** SQLite would let everyone read it. Only a new one: to open and close one that is in use gives up its POSIX lock. */
function createPrivately(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'ax', 0o600));
}

function createDisk(path: string, database: DatabaseSync): Disk {
  const [records, facts] = [openTable(database, 'records'), openTable(database, 'facts')];
  const isInPlace = watch([path, `${path}-wal`]);
  let level = '';
  const setLevel = (wanted: 'FULL' | 'NORMAL') => {
    if (level !== wanted) database.exec(`PRAGMA synchronous = ${wanted}`);
    level = wanted;
  };
  return {
    write(changes, lasting) {
      if (!isInPlace()) throw new VanishedError('a file is gone');
      if (changes.records.size + changes.facts.size === 0) return;
      setLevel(lasting ? 'FULL' : 'NORMAL');
      inTransaction(database, () => {
        for (const [name, value] of changes.records) records.put(name, value);
        for (const [name, value] of changes.facts) facts.put(name, value);
      });
    },
    close: () => closeQuietly(database),
    setAside() {
      try {
        return quarantine(path, 'damaged');
      } finally {
        closeQuietly(database);
      }
    },
  };
}

/** Whether these files are still where they are now: SQLite goes on writing to files that were deleted or replaced. */
function watch(paths: readonly string[]): () => boolean {
  const identities = paths.map(identityOf);
  return () => paths.every((path, index) => identityOf(path) === identities[index]);
}

function identityOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** What is written is safe without it; it only tidies the journal away. */
function closeQuietly(database: DatabaseSync): void {
  try {
    database.close();
  } catch {}
}
