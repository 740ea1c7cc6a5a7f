import type { DatabaseSync } from 'node:sqlite';
import { openTable, readRows } from './rows.ts';
import { migrate, MIGRATIONS, versionOf } from './schema.ts';
import { troubleOf } from './trouble.ts';

/** What an open file holds: JSON texts by name. `verdict` says whether it may be written to. */
export interface Found {
  verdict: 'sound' | 'damaged' | 'newer';
  records: ReadonlyMap<string, string>;
  facts: ReadonlyMap<string, string>;
}

export const NOTHING: Found = { verdict: 'sound', records: new Map(), facts: new Map() };

/**
 * Reads all of a file before anything is written to it. An older one is brought to the newest version first, but for
 * `readOnly` ones. Throws on whatever is no damage: a lock, a disk that fails.
 */
export function inspect(database: DatabaseSync, readOnly = false): Found {
  try {
    const version = versionOf(database);
    if (version > MIGRATIONS.length) return { ...NOTHING, verdict: 'newer' };
    const damaged = isDamaged(database) || (version === 0 && hasTables(database));
    if (!damaged && !readOnly) begin(database);
    const records = readRows(database, 'records');
    const facts = readRows(database, 'facts');
    const verdict = damaged || records.damaged || facts.damaged ? 'damaged' : 'sound';
    return { verdict, records: records.values, facts: facts.values };
  } catch (error) {
    if (troubleOf(error) !== 'damaged') throw error;
    return { ...NOTHING, verdict: 'damaged' };
  }
}

/** Makes it ready to be written to. */
function begin(database: DatabaseSync): void {
  // Where it can't be had (an odd file system), SQLite keeps its older journal, and that is safe too.
  database.exec('PRAGMA journal_mode = WAL');
  migrate(database);
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
