import type { Failure } from '../types.ts';
import { backoff } from './backoff.ts';

const FIRST_RETRY = 2000;
/** The least pause by kind of failure: a burst limit refills in 5 s, wrong credentials are never hammered. */
const LEAST: Partial<Record<Failure['kind'], number>> = {
  limited: 5000,
  exhausted: 60 * 60_000,
  unauthorized: 5 * 60_000,
  misdirected: 5 * 60_000,
};

/** Milliseconds until ntfy is tried again, after so many failures in a row. */
export function pauseAfter(failure: Failure | null, failures: number, retryMax: number): number {
  const least = failure === null ? 0 : (LEAST[failure.kind] ?? 0);
  return Math.max(least, backoff(failures, FIRST_RETRY, Math.max(retryMax, FIRST_RETRY)));
}

const FIRST_SCAN_RETRY = 2000;
const LONGEST_SCAN_RETRY = 60_000;

/** Milliseconds until the start-up scan is tried again, after so many failures in a row. */
export function scanPause(failures: number): number {
  return backoff(failures, FIRST_SCAN_RETRY, LONGEST_SCAN_RETRY);
}
