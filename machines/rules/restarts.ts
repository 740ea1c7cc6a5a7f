import type { Notification, TorrentRecord } from '../types.ts';
import { backoff } from './backoff.ts';

/** Failures of one child, as OTP counts them: so many within a period. */
export interface Failures {
  count: number;
  /** When the last one was, in milliseconds since 1970. */
  at: number;
}

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10 * 60_000;
/** After this long without a failure the next counts as the first: longer than any pause, or none would grow. */
const QUIET = 3 * LONGEST_PAUSE;

export function countFailure(before: Failures | undefined, now: number): Failures {
  const fresh = before === undefined || now - before.at > QUIET;
  return { count: fresh ? 1 : before.count + 1, at: now };
}

/** Milliseconds until the child is started again: ever slower, so that one bad torrent never keeps the process busy. */
export function restartPause({ count }: Failures): number {
  return backoff(count, FIRST_PAUSE, LONGEST_PAUSE);
}

/** So many crashes of one torrent take at least half a minute: it is set aside, and that is said once. */
const CRASHES_TO_TELL = 6;

/** What is said of a torrent that is set aside, and the record that knows of it; `null` while there is nothing to say. */
export function crashNotice(
  record: TorrentRecord | undefined,
  { count }: Failures,
): { record: TorrentRecord; notification: Notification } | null {
  if (record === undefined || count !== CRASHES_TO_TELL) return null;
  const percent = record.told?.percent ?? 0;
  return {
    record: { ...record, alert: 'crashing' },
    notification: { kind: 'alert', key: record.key, name: null, percent, alert: 'crashing' },
  };
}

/**
 * After this many restarts of the services in a row the process ends, and whoever runs it starts it anew. Each of them
 * logs in: five refused passwords would ban the address.
 */
const MOST_RESTARTS = 3;

export function isHopeless(restarts: Failures | undefined, now: number): boolean {
  if (restarts === undefined || Math.abs(now - restarts.at) > QUIET) return false;
  return restarts.count >= MOST_RESTARTS;
}
