/** Waiting in tests: polls a condition, with a deadline that only a real fault reaches. */
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** How `until` waits. */
export interface UntilOptions {
  /**
   * Milliseconds until it gives up; default 240,000: less than a test's own timeout, and more than a busy machine needs.
   */
  deadline?: number;
  /** Milliseconds between two calls; default 50. */
  every?: number;
}

/**
 * Calls `check` until it returns something other than `null`, `undefined` or `false`, and returns that.
 * Throws when the deadline passes, with `what` in the message and the last error that `check` threw.
 */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  { deadline = Number(process.env.UNTIL ?? 240_000), every = 50 }: UntilOptions = {},
): Promise<Exclude<T, null | undefined | false>> {
  const end = performance.now() + deadline;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await check();
      lastError = undefined;
      if (isPresent(value)) return value;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= end) break;
    await sleep(every);
  }
  throw new Error(`Waited ${deadline / 1000} s for: ${what}`, { cause: lastError });
}

function isPresent<T>(value: T): value is Exclude<T, null | undefined | false> {
  return value !== null && value !== undefined && value !== false;
}
