import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { troubleOf } from './trouble.ts';

/** A table of names and JSON texts. */
export interface Table {
  /** `null` removes. */
  put(name: string, value: string | null): void;
}

/** What a table holds: readable rows in the order in which they were first written. */
export interface Rows {
  values: Map<string, string>;
  /** Rows are missing or not what was written. */
  damaged: boolean;
}

type TableName = 'records' | 'facts';

/** Throws when the table is not there. */
export function openTable(database: DatabaseSync, table: TableName): Table {
  const put = database.prepare(
    `INSERT INTO ${table} (name, value, crc) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value, crc = excluded.crc`,
  );
  const remove = database.prepare(`DELETE FROM ${table} WHERE name = ?`);
  return {
    put(name, value) {
      if (value === null) remove.run(name);
      else put.run(name, value, sumOf(name, value));
    },
  };
}

/** Reads what can be read. SQLite guards its journal by checksums, but not its file: each row has one of its own. */
export function readRows(database: DatabaseSync, table: TableName): Rows {
  const rows: Rows = { values: new Map(), damaged: false };
  try {
    for (const { name, value, crc } of database
      .prepare(`SELECT name, value, crc FROM ${table} ORDER BY rowid`)
      .iterate()) {
      if (typeof name === 'string' && typeof value === 'string' && sumOf(name, value) === crc) {
        rows.values.set(name, value);
      } else rows.damaged = true;
    }
  } catch (error) {
    if (troubleOf(error) !== 'damaged') throw error;
    rows.damaged = true;
  }
  return rows;
}

function sumOf(name: string, value: string): number {
  return crc32(value, crc32(name));
}
