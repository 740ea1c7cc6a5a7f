/** Files that the processes of a test run make together. */
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { withLock } from './lock.ts';

/**
 * Makes a file unless it exists, in one process only, and never replaces it: a program that is replaced while it runs
 * can no longer start its children as `/proc/self/exe`.
 *
 * `create` writes to the path that it gets. What a killed process left there is not used.
 */
export async function createOnce(file: string, create: (half: string) => Promise<void>): Promise<void> {
  if (existsSync(file)) return;
  await withLock(`${file}.lock`, async () => {
    if (existsSync(file)) return;
    const half = `${file}.${process.pid}`;
    await create(half);
    await rename(half, file);
  });
}
