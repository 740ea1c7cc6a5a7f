/** The SQLite file: its schema, its rows, and the checks before it is opened. */
import { chmodSync, closeSync, existsSync, lstatSync, openSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { problemOfOwnFile } from '../util/own-file.ts';
import { failureOf, FolderError, ForeignFileError, VanishedError } from './health.ts';
import { openHistoryTable, rescueHistory } from './history-table.ts';
import type { HistoryLimits, HistoryTable } from './history-table.ts';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';

/** The name of the state file in its folder. */
export const FILE = 'sidecar.sqlite';

/** The suffixes of the files that belong to an SQLite file, https://sqlite.org/tempfiles.html. */
export const SUFFIXES = ['', '-wal', '-shm', '-journal'] as const;

type Migration = (connection: DatabaseSync) => void;

/**
 * Each step updates a file from the version of its index to the next one (`PRAGMA user_version`); the number of steps
 * is the version that this program writes. A step that was released is never changed.
 */
export const MIGRATIONS: readonly Migration[] = [
  (connection) =>
    connection.exec(`
      CREATE TABLE records (name TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
      CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
    `),
];

/** The version of the file; 0 while it is empty. */
export function versionOf(connection: DatabaseSync): number {
  return Number(connection.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Updates a file of an older version to the newest: all steps or none. */
export function migrate(connection: DatabaseSync, migrations = MIGRATIONS): void {
  const steps = migrations.slice(versionOf(connection));
  if (steps.length === 0) return;
  inTransaction(connection, () => {
    for (const step of steps) step(connection);
    connection.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function inTransaction(connection: DatabaseSync, change: () => void): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    change();
    connection.exec('COMMIT');
  } catch (error) {
    // A full disk ends the transaction by itself: https://sqlite.org/lang_transaction.html
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

type TableName = 'records' | 'facts';

/** A table of names and JSON texts. */
interface Table {
  /** `null` deletes. */
  put(name: string, value: string | null): void;
}

/** Throws when the file has no such table. */
export function openTable(connection: DatabaseSync, table: TableName): Table {
  const put = connection.prepare(
    `INSERT INTO ${table} (name, value, crc) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value, crc = excluded.crc`,
  );
  const remove = connection.prepare(`DELETE FROM ${table} WHERE name = ?`);
  return {
    put(name, value) {
      if (value === null) remove.run(name);
      else put.run(name, value, checksumOf(name, value));
    },
  };
}

/** The readable rows of a table, in the order in which they were first written. */
export interface Rows {
  values: Map<string, string>;
  /** Rows are missing, or differ from what was written. */
  isDamaged: boolean;
}

/** Reads what can be read. SQLite has checksums for its journal, but not for its file: each row has one of its own. */
export function readRows(connection: DatabaseSync, table: TableName): Rows {
  const rows: Rows = { values: new Map(), isDamaged: false };
  try {
    for (const { name, value, crc } of connection
      .prepare(`SELECT name, value, crc FROM ${table} ORDER BY rowid`)
      .iterate()) {
      if (typeof name === 'string' && typeof value === 'string' && checksumOf(name, value) === crc) {
        rows.values.set(name, value);
      } else rows.isDamaged = true;
    }
  } catch (error) {
    if (failureOf(error) !== 'damaged') throw error;
    rows.isDamaged = true;
  }
  return rows;
}

function checksumOf(name: string, value: string): number {
  return crc32(value, crc32(name));
}

/** Connects to a file and creates it when there is none. The first read takes a lock, which `close` releases. */
export function connect(path: string, busyTimeout: number): DatabaseSync {
  createPrivateFile(path);
  const connection = new DatabaseSync(path, { timeout: busyTimeout });
  connection.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA journal_size_limit = 1048576;
  `);
  return connection;
}

/** SQLite would make it readable for everyone. Only a new file: closing one that is in use releases its POSIX lock. */
function createPrivateFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'ax', 0o600));
}

/** What is written is safe without closing, which only removes the journal. */
export function closeQuietly(connection: DatabaseSync): void {
  try {
    connection.close();
  } catch {}
}

/** JSON texts by name; `null` deletes. */
export interface Changes {
  records: ReadonlyMap<string, string | null>;
  facts: ReadonlyMap<string, string | null>;
  /** Torrents that ended. */
  history: readonly EndedTorrent[];
}

/** An open state file, locked by this process. Its methods throw what `failureOf` classifies. */
export interface Database {
  readonly path: string;
  /**
   * Writes all changes or none. They survive the end of the process; `durable` ones also survive a power loss (one
   * fsync: 0.1 ms on an SSD, 10 to 20 ms on a hard disk).
   */
  write(changes: Changes, durable: boolean): void;
  readonly history: Pick<HistoryTable, 'newest' | 'clear'>;
  /** What can be read of the history, within the limits. Never throws. */
  rescueHistory(): EndedTorrent[];
  close(): void;
}

/**
 * For a connection to a file that has the newest schema.
 *
 * @param limits how much of the history is kept
 */
export function createDatabase(path: string, connection: DatabaseSync, limits: HistoryLimits): Database {
  const [records, facts] = [openTable(connection, 'records'), openTable(connection, 'facts')];
  const history = openHistoryTable(connection);
  const isInPlace = watchFiles([path, `${path}-wal`]);
  let level = '';
  const setLevel = (next: 'FULL' | 'NORMAL') => {
    if (level !== next) connection.exec(`PRAGMA synchronous = ${next}`);
    level = next;
  };
  return {
    path,
    write(changes, durable) {
      if (!isInPlace()) throw new VanishedError('the file was deleted or replaced');
      if (changes.records.size + changes.facts.size + changes.history.length === 0) return;
      setLevel(durable ? 'FULL' : 'NORMAL');
      inTransaction(connection, () => {
        for (const [name, value] of changes.records) records.put(name, value);
        for (const [name, value] of changes.facts) facts.put(name, value);
        if (changes.history.length > 0) history.add(changes.history, limits, Date.now());
      });
    },
    history,
    rescueHistory: () => rescueHistory(connection, limits),
    close: () => closeQuietly(connection),
  };
}

/** Whether the files are still the same: SQLite continues to write to files that were deleted or replaced. */
function watchFiles(paths: readonly string[]): () => boolean {
  const inodes = paths.map(inodeOf);
  return () => paths.every((path, index) => inodeOf(path) === inodes[index]);
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/**
 * Checks that the files at this path are regular files of this user, and makes them private. SQLite would write through
 * a symbolic link, block on a FIFO, and keep the mode of a file, for its journal too. Throws what `failureOf` classifies.
 */
export function secureFiles(path: string): void {
  const folder = statSync(dirname(path));
  if (!folder.isDirectory()) throw new FolderError('not a folder');
  const problem = findProblem(path, folder);
  if (problem !== null) throw new ForeignFileError(problem);
  for (const suffix of SUFFIXES) {
    const stats = lstatSync(path + suffix, { throwIfNoEntry: false });
    if (stats !== undefined && (stats.mode & 0o077) !== 0) makePrivate(path + suffix, stats);
  }
}

/** Why the state files cannot be used, for users; `null` when they can, or do not exist. Changes nothing. */
export function problemOfFiles(path: string): string | null {
  return findProblem(path, statSync(dirname(path)));
}

function findProblem(path: string, folder: Stats): string | null {
  for (const suffix of SUFFIXES) {
    const problem = problemOfOwnFile(path + suffix, folder);
    if (problem !== null) return problem;
  }
  return null;
}

/** Only removes permissions. Where the mode cannot be changed (read-only volume, no modes), it stays. */
function makePrivate(path: string, { mode }: Stats): void {
  try {
    chmodSync(path, mode & 0o700);
  } catch {}
}
