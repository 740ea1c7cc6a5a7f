/** One process at a time. */
import { DatabaseSync } from 'node:sqlite';
import { sleep } from '../servers/wait.ts';

/**
 * Runs `work` while no other process holds the lock of the same file.
 *
 * The lock is SQLite's on an empty database: the kernel releases it when its process ends, in whatever way, so
 * there is no stale lock to detect.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const db = new DatabaseSync(file);
  try {
    while (!tryLock(db)) await sleep(100);
    return await work();
  } finally {
    db.close();
  }
}

function tryLock(db: DatabaseSync): boolean {
  try {
    db.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && /locked|busy/i.test(error.message)) return false;
    throw error;
  }
}
