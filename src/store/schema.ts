import type { DatabaseSync } from 'node:sqlite';

type Migration = (database: DatabaseSync) => void;

/**
 * Each step takes a file from the version of its index to the next one (`PRAGMA user_version`); the number of steps is
 * the version that this program writes. A step that was released is never changed.
 */
export const MIGRATIONS: readonly Migration[] = [
  (database) =>
    database.exec(`
      CREATE TABLE records (name TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
      CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
    `),
];

/** The version of the file; 0 while it is empty. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Brings a file of an older version to the newest: all steps or none. */
export function migrate(database: DatabaseSync, migrations = MIGRATIONS): void {
  const steps = migrations.slice(versionOf(database));
  if (steps.length === 0) return;
  inTransaction(database, () => {
    for (const step of steps) step(database);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** Runs it as a whole or not at all. */
export function inTransaction(database: DatabaseSync, change: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    change();
    database.exec('COMMIT');
  } catch (error) {
    // A full disk ends the transaction by itself: https://sqlite.org/lang_transaction.html
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
