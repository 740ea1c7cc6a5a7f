import type { DatabaseSync } from 'node:sqlite';
import { openTable, readRows } from './rows.ts';
import { migrate, MIGRATIONS, versionOf } from './schema.ts';
import { troubleOf } from './trouble.ts';

/** What an open file holds: JSON texts by name. `verdict` says whether it may be written to. */
export interface Found {
  verdict: 'sound' | 'damaged' | 'newer';
  /** There was nothing in it, not even a table. */
  isNew: boolean;
  records: ReadonlyMap<string, string>;
  facts: ReadonlyMap<string, string>;
}

const READONLY = 8;

/** Nothing that could be read. */
export const EMPTY_FILE: Found = { verdict: 'sound', isNew: false, records: new Map(), facts: new Map() };

/**
 * Reads all of a file before anything is written to it, then makes it ready. Only an older one is brought to the newest
 * version first; not when it is `readOnly`. Throws on whatever is no damage: a lock, a disk that fails.
 */
export function inspect(database: DatabaseSync, readOnly = false): Found {
  let found = EMPTY_FILE;
  try {
    const version = versionOf(database);
    if (version > MIGRATIONS.length) return { ...EMPTY_FILE, verdict: 'newer' };
    const isEmpty = version === 0 && !hasTables(database);
    const damaged = isDamaged(database) || (version === 0 && !isEmpty);
    if (!damaged && !readOnly && version < MIGRATIONS.length) begin(database);
    found = { ...readAll(database), isNew: isEmpty };
    if (damaged) return { ...found, verdict: 'damaged' };
    if (found.verdict === 'sound' && !readOnly) begin(database);
    return found;
  } catch (error) {
    if (troubleOf(error) !== 'damaged' && !isForbidden(error)) throw error;
    return { ...found, verdict: 'damaged' };
  }
}

/** A file that can be locked can be written to: it is its own header that says otherwise, and it never did. */
function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === READONLY;
}

function readAll(database: DatabaseSync): Omit<Found, 'isNew'> {
  const [records, facts] = [readRows(database, 'records'), readRows(database, 'facts')];
  const verdict = records.damaged || facts.damaged ? 'damaged' : 'sound';
  return { verdict, records: records.values, facts: facts.values };
}

/** Makes it ready to be written to; writes nothing when it is. */
function begin(database: DatabaseSync): void {
  // Where it can't be had (an odd file system), SQLite keeps its older journal, and that is safe too.
  database.exec('PRAGMA journal_mode = WAL');
  migrate(database);
  // `BEGIN IMMEDIATE` alone is content with a file that must not be written to.
  database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${MIGRATIONS.length}; ROLLBACK`);
  // A damaged definition that still can be read shows here, and not at the first write.
  openTable(database, 'records');
  openTable(database, 'facts');
}

/** 10 ms for 20,000 records. */
function isDamaged(database: DatabaseSync): boolean {
  return database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'] !== 'ok';
}

function hasTables(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined;
}
