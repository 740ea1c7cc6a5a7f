import { backoff } from '../backoff.ts';

const FIRST_SCAN_RETRY = 2000;
const MAX_SCAN_RETRY = 60_000;

/**
 * Milliseconds until the next scan, after so many failures in a row; half a second to a second after none, so that
 * hooks that come in a burst cause one scan a second at most.
 */
export function scanPause(failures: number): number {
  return backoff(failures, FIRST_SCAN_RETRY, MAX_SCAN_RETRY);
}
