import { backoff } from '../backoff.ts';
import type { Failure } from '../domain.ts';
import { isPerhapsPermitted } from '../outbox/retry.ts';

const FIRST_RETRY = 2000;
/** A topic that must not be read stays so until someone changes that. */
const REFUSED_PAUSE = 5 * 60_000;

/**
 * Milliseconds. A stream that ends sooner counts as one that could not begin: something in front of ntfy ends each of
 * them, and ntfy counts each as a request.
 */
const MIN_STREAM_TIME = 10_000;

/** Whether a stream that has ended was not open, or not for long. */
export const isShortLived = (openedAt: number | null, now: number): boolean =>
  openedAt === null || Math.abs(now - openedAt) < MIN_STREAM_TIME;

/** Milliseconds until the command topic is read again, after so many failures in a row. */
export function streamPause(failure: Failure, failures: number, retryMax: number): number {
  const { kind } = failure;
  const pause = backoff(failures, FIRST_RETRY, Math.max(FIRST_RETRY, retryMax));
  const isRefused = kind === 'unauthorized' || kind === 'exhausted';
  return isRefused && !isPerhapsPermitted(failure, failures) ? Math.max(REFUSED_PAUSE, pause) : pause;
}

/** Milliseconds until ntfy is asked again whether it updates cards in place. */
export const SUPPORT_PAUSE = 60_000;
