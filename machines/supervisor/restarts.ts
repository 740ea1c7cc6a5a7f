import type { Notification, TorrentRecord } from '../domain.ts';
import { backoff } from '../backoff.ts';

/** Failures of one child, as OTP counts them: so many within a period. */
export interface Failures {
  count: number;
  /** When the last one was, in milliseconds since 1970. */
  at: number;
}

const FIRST_PAUSE = 1000;
const MAX_RESTART_PAUSE = 10 * 60_000;
/** After this long without a failure the next counts as the first: longer than any pause, or none would grow. */
const RESET_AFTER = 3 * MAX_RESTART_PAUSE;

export function countFailure(before: Failures | undefined, now: number): Failures {
  const fresh = before === undefined || now - before.at > RESET_AFTER;
  return { count: fresh ? 1 : before.count + 1, at: now };
}

/** Milliseconds until the child is started again: ever slower, so that one bad torrent never keeps the process busy. */
export function restartPause({ count }: Failures): number {
  return backoff(count, FIRST_PAUSE, MAX_RESTART_PAUSE);
}

/** So many crashes of one torrent take at least half a minute: it is set aside, and that is said once. */
const CRASHES_BEFORE_ALERT = 6;

/** What is said of a torrent that is set aside, and the record that knows of it; `null` while there is nothing to say. */
export function crashNotice(
  record: TorrentRecord | undefined,
  { count }: Failures,
): { record: TorrentRecord; notification: Notification } | null {
  if (record === undefined || count !== CRASHES_BEFORE_ALERT) return null;
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
const MAX_RESTARTS = 3;

export function isHopeless(restarts: Failures | undefined, now: number): boolean {
  if (restarts === undefined || Math.abs(now - restarts.at) > RESET_AFTER) return false;
  return restarts.count >= MAX_RESTARTS;
}
