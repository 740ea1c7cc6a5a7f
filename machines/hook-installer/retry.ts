import { backoff } from '../backoff.ts';

const FIRST_RETRY = 1000;
const MAX_RETRY = 5 * 60_000;

/** Milliseconds until the hooks are checked again, after so many checks in a row that failed. */
export function checkPause(failures: number, retryMax: number): number {
  return backoff(failures, FIRST_RETRY, Math.min(retryMax, MAX_RETRY));
}
