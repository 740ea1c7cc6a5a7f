import { backoff } from '../backoff.ts';

const FIRST_LIST_RETRY = 30_000;

/** Milliseconds until the list of all torrents is requested again, after so many failures in a row. */
export function listPause(failures: number, retryMax: number): number {
  return backoff(failures, FIRST_LIST_RETRY, Math.max(retryMax, FIRST_LIST_RETRY));
}
