import { backoff } from '../backoff.ts';
import type { Failure } from '../domain.ts';

const FIRST_RETRY = 2000;
/** A topic that must not be read stays so until someone changes that. */
const REFUSED_PAUSE = 5 * 60_000;

/** Milliseconds after which a stream has worked. One that begins and ends at once is tried again less often, too. */
const WORKING_TIME = 10_000;

/** Failures of the stream in a row, after one more, which was open for so many milliseconds before. */
export const countStreamFailure = (before: number, openFor: number): number =>
  openFor >= WORKING_TIME ? 1 : before + 1;

/** Milliseconds until the command topic is read again, after so many failures in a row. */
export function streamPause({ kind }: Failure, failures: number, retryMax: number): number {
  const pause = backoff(failures, FIRST_RETRY, Math.max(FIRST_RETRY, retryMax));
  return kind === 'unauthorized' || kind === 'exhausted' ? Math.max(REFUSED_PAUSE, pause) : pause;
}

/** Milliseconds until ntfy is asked again whether it updates cards in place. */
export const SUPPORT_PAUSE = 60_000;
