import type { Failure } from '../domain.ts';
import { backoff } from '../backoff.ts';

/** Milliseconds until the first retry. */
export const FIRST_RETRY = 2000;
/** A burst limit refills in 5 s; the pause is at least half of this, so that senders that share it do not retry in step. */
const LIMITED_RETRY = 10_000;
/** The least pause by kind of failure: wrong credentials are never hammered. */
const MIN_PAUSE: Partial<Record<Failure['kind'], number>> = {
  exhausted: 60 * 60_000,
  unauthorized: 5 * 60_000,
};

/** Whether ntfy itself answered 403 (40301): neither a refused login (401), nor a proxy. */
export const isForbidden = ({ answer }: Failure): boolean => answer?.status === 403 && answer.code !== null;

/**
 * Whether this may be no refusal: ntfy answers a few of a hundred simultaneous requests with its 403 although the user
 * has access, where access is denied by default (measured on 2.27). The next one shows it.
 *
 * @param failures how many there were in a row, this one included
 */
export const isPerhapsPermitted = (failure: Failure, failures: number): boolean =>
  failures === 1 && isForbidden(failure);

/** Milliseconds until ntfy is tried again, after so many failures in a row. */
export function pauseAfter(failure: Failure | null, failures: number, retryMax: number): number {
  const first = failure?.kind === 'limited' ? LIMITED_RETRY : FIRST_RETRY;
  const isLong = failure !== null && !isPerhapsPermitted(failure, failures);
  const least = isLong ? (MIN_PAUSE[failure.kind] ?? 0) : 0;
  return Math.max(least, backoff(failures, first, Math.max(retryMax, first)));
}
