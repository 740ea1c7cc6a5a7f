import type { Failure } from '../domain.ts';
import { backoff } from '../backoff.ts';

const FIRST_RETRY = 2000;
/** A burst limit refills in 5 s; the pause is at least half of this, so that senders that share it do not retry in step. */
const LIMITED_RETRY = 10_000;
/** The least pause by kind of failure: wrong credentials are never hammered. */
const MIN_PAUSE: Partial<Record<Failure['kind'], number>> = {
  exhausted: 60 * 60_000,
  unauthorized: 5 * 60_000,
};

/** Milliseconds until ntfy is tried again, after so many failures in a row. */
export function pauseAfter(failure: Failure | null, failures: number, retryMax: number): number {
  const first = failure?.kind === 'limited' ? LIMITED_RETRY : FIRST_RETRY;
  const least = failure === null ? 0 : (MIN_PAUSE[failure.kind] ?? 0);
  return Math.max(least, backoff(failures, first, Math.max(retryMax, first)));
}
