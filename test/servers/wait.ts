/** Waiting in tests: ask again until it is so, with a deadline that only a real fault reaches. */
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** How `until` waits. */
export interface UntilOptions {
  /** Milliseconds until it gives up; default 90,000: less than a test's own timeout, and more than a busy machine takes. */
  deadline?: number;
  /** Milliseconds between two looks; default 50. */
  every?: number;
}

/**
 * Asks `look` until it returns something other than `null`, `undefined` or `false`, and returns that.
 * Throws when the deadline passes, with `what` in the message and the last error that `look` threw.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { deadline = 90_000, every = 50 }: UntilOptions = {},
): Promise<Exclude<T, null | undefined | false>> {
  const end = performance.now() + deadline;
  let lastError: unknown;
  for (;;) {
    try {
      const seen = await look();
      lastError = undefined;
      if (isThere(seen)) return seen;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= end) break;
    await sleep(every);
  }
  throw new Error(`Waited ${deadline / 1000} s in vain: ${what}`, { cause: lastError });
}

function isThere<T>(value: T): value is Exclude<T, null | undefined | false> {
  return value !== null && value !== undefined && value !== false;
}
