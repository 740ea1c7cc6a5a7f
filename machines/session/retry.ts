import { backoff } from '../backoff.ts';

/** Milliseconds after a refused password: five would ban the whole pod for an hour, and the count never decays. */
export const REFUSED_PAUSE = 10 * 60_000;
/** A ban lasts an hour by default; a login during a ban is answered with 403 and is not counted. */
export const BANNED_PAUSE = 10 * 60_000;
const FIRST_RETRY = 1000;
const MAX_RETRY = 60_000;

/** Milliseconds until the next login, after so many other failures in a row. */
export function loginPause(failures: number, retryMax: number): number {
  return backoff(failures, FIRST_RETRY, Math.min(retryMax, MAX_RETRY));
}
