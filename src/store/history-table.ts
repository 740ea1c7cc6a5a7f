/** The table of the history in the SQLite file. It is not read at the start. */
import type { DatabaseSync } from 'node:sqlite';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import { entryOf, rowOf } from './history-entry.ts';

/**
 * In the order of time, so that the newest are found without an index. A torrent that is removed and added again can end
 * twice within a second. Created without a new version of the file: earlier
 * versions ignore this table, so both may use the file in turn.
 */
export const HISTORY_SCHEMA = `
  CREATE TABLE IF NOT EXISTS history (
    at INTEGER NOT NULL, hash TEXT NOT NULL, end TEXT NOT NULL, name TEXT, category TEXT, value TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (at, hash, end)
  ) STRICT, WITHOUT ROWID
`;

/** How much of the history is kept; both limits hold. */
export interface HistoryLimits {
  /** Milliseconds; 0: nothing is stored. */
  maxAge: number;
  /** Entries. */
  maxEntries: number;
}

/** The time, in seconds since 1970, of the oldest entry that is kept. */
export const oldestOf = ({ maxAge }: HistoryLimits, now: number): number =>
  Math.max(0, Math.floor((now - maxAge) / 1000));

/** Rows that one transaction deletes, so that the journal stays small: a larger table shrinks over several ones. */
const MAX_DELETED = 2000;

/** Its methods throw what `failureOf` classifies. */
export interface HistoryTable {
  /**
   * Adds entries, and deletes those beyond the limits. An entry that is stored already stays as it is.
   *
   * @param now milliseconds since 1970
   */
  add(entries: readonly EndedTorrent[], limits: HistoryLimits, now: number): void;
  /** The entries within the limits, the newest first, without damaged ones. Read one by one. */
  newest(limits: HistoryLimits, now: number): Generator<EndedTorrent>;
  clear(): void;
}

/** Throws when the file has no such table. */
export function openHistoryTable(connection: DatabaseSync): HistoryTable {
  const insert = connection.prepare(
    `INSERT INTO history (at, hash, end, name, category, value, crc) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const newest = connection.prepare(
    `SELECT at, hash, end, name, category, value, crc FROM history
     WHERE at >= ? ORDER BY at DESC, hash DESC, end DESC LIMIT ?`,
  );
  const surplus = connection.prepare(
    'SELECT at, hash, end FROM history ORDER BY at DESC, hash DESC, end DESC LIMIT 1 OFFSET ?',
  );
  const remove = connection.prepare(
    `DELETE FROM history WHERE (at, hash, end) IN
     (SELECT at, hash, end FROM history WHERE (at, hash, end) <= (?, ?, ?)
      ORDER BY at, hash, end LIMIT ${MAX_DELETED})`,
  );
  // A damaged row can have a number that JavaScript has not.
  for (const statement of [newest, surplus]) statement.setReadBigInts(true);
  return {
    add(entries, limits, now) {
      for (const { at, hash, end, name, category, value, crc } of entries.map(rowOf))
        insert.run(at, hash, end, name, category, value, crc);
      const first = surplus.get(limits.maxEntries);
      if (first !== undefined) remove.run(first['at'] ?? 0, first['hash'] ?? '', first['end'] ?? '');
      // No hash is empty: these are the entries before that time.
      remove.run(oldestOf(limits, now), '', '');
    },
    *newest(limits, now) {
      for (const row of newest.iterate(oldestOf(limits, now), limits.maxEntries)) {
        const entry = entryOf(row);
        if (entry !== null) yield entry;
      }
    },
    clear: () => connection.exec('DELETE FROM history'),
  };
}

/** What can be read of the history of a file that is given up, within the limits. Never throws. */
export function rescueHistory(connection: DatabaseSync, limits: HistoryLimits): EndedTorrent[] {
  const found: EndedTorrent[] = [];
  try {
    for (const entry of openHistoryTable(connection).newest(limits, Date.now())) found.push(entry);
  } catch {}
  return found;
}
