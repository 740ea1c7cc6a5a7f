/** Opens a state file in whatever condition it is: damaged, truncated, of a newer version, on a read-only volume. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import {
  closeQuietly,
  connect,
  createDatabase,
  FILE,
  migrate,
  MIGRATIONS,
  openTable,
  readRows,
  secureFiles,
  SUFFIXES,
  versionOf,
} from './database.ts';
import type { Database } from './database.ts';
import { failureOf } from './health.ts';
import { HISTORY_SCHEMA, openHistoryTable, rescueHistory } from './history-table.ts';
import type { HistoryLimits } from './history-table.ts';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';

/** What a file contains: JSON texts by name. `condition`: whether it may be written to. */
export interface Content {
  condition: 'sound' | 'damaged' | 'newer';
  /** The file was empty: not even a table. */
  isNew: boolean;
  records: ReadonlyMap<string, string>;
  facts: ReadonlyMap<string, string>;
  /** What could be read of the history of a file that is not written to again; empty for any other file. */
  history: readonly EndedTorrent[];
}

/** For a file of which nothing could be read. */
export const EMPTY: Content = {
  condition: 'sound',
  isNew: false,
  records: new Map(),
  facts: new Map(),
  history: [],
};

export interface Opened {
  database: Database;
  content: Content;
  /** The new name of a file that could not be used. */
  quarantined: string | null;
}

/**
 * Opens `<dir>/sidecar.sqlite`, and creates it when there is none. A file that is damaged, or newer than this program,
 * is quarantined and replaced by a new one with what could be read. Waits up to `busyTimeout` milliseconds for another
 * process to release it. Throws when the path is not a regular file of this user.
 */
export function openDatabase(dir: string, busyTimeout: number, limits: HistoryLimits): Opened {
  if (!existsSync(dir)) mkdirSync(dir, { mode: 0o700 });
  const path = join(dir, FILE);
  secureFiles(path);
  const truncated = isTruncated(path) ? quarantine(path, 'damaged') : null;
  const connection = connect(path, busyTimeout);
  try {
    const content = inspect(connection, limits);
    if (content.condition === 'sound')
      return { database: createDatabase(path, connection, limits), content, quarantined: truncated };
    const quarantined = quarantine(path, content.condition);
    closeQuietly(connection);
    return { database: replace(path, content, limits), content, quarantined };
  } catch (error) {
    closeQuietly(connection);
    throw error;
  }
}

/** Creates a new file with what could be read of the quarantined one. */
function replace(path: string, content: Content, limits: HistoryLimits): Database {
  const connection = connect(path, 0);
  try {
    inspect(connection, limits);
    const database = createDatabase(path, connection, limits);
    database.write(content, true);
    return database;
  } catch (error) {
    closeQuietly(connection);
    throw error;
  }
}

/** The newest quarantined files of each reason stay; older ones are deleted. */
const MAX_QUARANTINED = 3;

/**
 * Renames a file that this version cannot use, with its companions, to `<file>.<reason>-<time>`, so that it is not
 * overwritten and SQLite's tools can still open it. Needs no space on the disk. The oldest of the same reason are
 * deleted. Returns the new name.
 *
 * A database that is open has to be closed afterwards, not before: SQLite does not touch a file that was moved while it
 * was open, but would otherwise write its journal into it (`databaseIsUnmoved` in SQLite's pager.c).
 */
export function quarantine(path: string, reason: 'damaged' | 'newer'): string {
  const time = new Date().toISOString().replace(/[-:.]/g, '');
  const names = Array.from(
    { length: 100 },
    (_, index) => `${path}.${reason}-${time}${index ? `-${index}` : ''}`,
  );
  const target = names.find((name) => SUFFIXES.every((suffix) => !existsSync(name + suffix))) ?? path;
  for (const suffix of SUFFIXES) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  prune(`${path}.${reason}-`, basename(target));
  return basename(target);
}

/** Quarantines the file of an open database, and closes it without changing the file. Returns the new name. */
export function quarantineOpen(database: Database): string {
  try {
    return quarantine(database.path, 'damaged');
  } finally {
    database.close();
  }
}

/** A file that cannot be deleted stays. `newest` is never deleted, also if the clock was set back. */
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
      for (const suffix of SUFFIXES) rmSync(join(folder, name + suffix), { force: true });
    }
  } catch {}
}

/** SQLite's smallest page. */
const MIN_PAGE_SIZE = 512;

/**
 * Whether SQLite would mistake it for a new file and overwrite it: a file that was cut off within its first page, or a
 * journal without its file. The journal is checked first: a process that creates a file creates the journal last.
 */
function isTruncated(path: string): boolean {
  const [journal, file] = [sizeOf(`${path}-wal`), sizeOf(path)];
  return file === 0 ? journal > 0 : file < MIN_PAGE_SIZE;
}

/** In bytes; 0 when there is no such file. */
function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats.size : 0;
}

/**
 * Reads the whole file before anything is written to it, then prepares it for writing. Only a file of an older version
 * is migrated first. With `isReadOnly` nothing is written. Throws on anything but damage: a lock, an I/O error.
 */
function inspect(connection: DatabaseSync, limits: HistoryLimits, isReadOnly = false): Content {
  let content = EMPTY;
  try {
    const version = versionOf(connection);
    if (version > MIGRATIONS.length) return { ...EMPTY, condition: 'newer' };
    const isNew = version === 0 && !hasTables(connection);
    const damaged = isDamaged(connection) || (version === 0 && !isNew);
    if (!damaged && !isReadOnly && version < MIGRATIONS.length) prepare(connection);
    content = { ...readAll(connection), isNew, history: [] };
    if (damaged) content.condition = 'damaged';
    if (content.condition !== 'sound' || isReadOnly) content.history = rescueHistory(connection, limits);
    else prepare(connection);
    return content;
  } catch (error) {
    if (failureOf(error) !== 'damaged' && !isForbidden(error)) throw error;
    return { ...content, condition: 'damaged', history: rescueHistory(connection, limits) };
  }
}

const SQLITE_READONLY = 8;

/** This file could be locked, so it can be written to: only a damaged header forbids it. */
function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_READONLY;
}

function readAll(connection: DatabaseSync): Omit<Content, 'isNew' | 'history'> {
  const [records, facts] = [readRows(connection, 'records'), readRows(connection, 'facts')];
  const condition = records.isDamaged || facts.isDamaged ? 'damaged' : 'sound';
  return { condition, records: records.values, facts: facts.values };
}

/** Prepares a file for writing; writes nothing when it is prepared already. */
function prepare(connection: DatabaseSync): void {
  // On a file system without shared memory SQLite keeps its rollback journal, which is safe too.
  connection.exec('PRAGMA journal_mode = WAL');
  migrate(connection);
  connection.exec(HISTORY_SCHEMA);
  // `BEGIN IMMEDIATE` alone succeeds on a file that must not be written to.
  connection.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${MIGRATIONS.length}; ROLLBACK`);
  // Detects a damaged table definition here, instead of at the first write.
  openTable(connection, 'records');
  openTable(connection, 'facts');
  openHistoryTable(connection);
}

/** 10 ms for 20,000 records. */
function isDamaged(connection: DatabaseSync): boolean {
  return connection.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'] !== 'ok';
}

function hasTables(connection: DatabaseSync): boolean {
  return connection.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined;
}

/**
 * Reads a file that cannot be opened for writing, on a read-only volume for example: the completions in it are still to
 * be sent. Creates no file: in the image only `/state` is writable. Never throws; empty when nothing can be read.
 *
 * Without a journal, `immutable` needs no locks and no other files. SQLite reads a journal only where it can lock the
 * file and write an index of the journal (`-shm`), neither of which a read-only volume allows: in exclusive mode the
 * index is in memory (https://sqlite.org/wal.html, section 8), and `unix-none` needs no lock. A journal with content
 * stays when the file is closed, because a read-only connection cannot checkpoint it.
 */
export function readOnly(dir: string, limits: HistoryLimits): Content {
  const path = join(dir, FILE);
  try {
    const url = pathToFileURL(path);
    if (sizeOf(`${path}-wal`) > 0) url.searchParams.set('vfs', 'unix-none');
    else url.searchParams.set('immutable', '1');
    const connection = new DatabaseSync(url, { readOnly: true });
    try {
      connection.exec('PRAGMA locking_mode = EXCLUSIVE');
      return inspect(connection, limits, true);
    } finally {
      connection.close();
    }
  } catch {
    return EMPTY;
  }
}
