import type { Notification, TorrentRecord } from '../domain.ts';
import { backoff } from '../backoff.ts';
import { recordButtonSet } from '../remote/record.ts';
import { onRoute } from '../routing/routed.ts';

/** Failures of one child within a period. */
export interface Failures {
  count: number;
  /** When the last one was, in milliseconds since 1970. */
  at: number;
}

const FIRST_PAUSE = 1000;
const MAX_RESTART_PAUSE = 10 * 60_000;
/** After this time without a failure, the next one counts as the first. Longer than any pause. */
const RESET_AFTER = 3 * MAX_RESTART_PAUSE;

export function countFailure(before: Failures | undefined, now: number): Failures {
  const fresh = before === undefined || now - before.at > RESET_AFTER;
  return { count: fresh ? 1 : before.count + 1, at: now };
}

/** Milliseconds until the child is restarted: increasing, so that one torrent never keeps the process busy. */
export function restartPause({ count }: Failures): number {
  return backoff(count, FIRST_PAUSE, MAX_RESTART_PAUSE);
}

/** Crashes of one torrent until one alert is sent: they take at least half a minute. */
const CRASHES_BEFORE_ALERT = 6;

/** The alert for a torrent that keeps crashing, and its record; `null` if none is due. */
export function crashNotice(
  record: TorrentRecord | undefined,
  { count }: Failures,
): { record: TorrentRecord; notification: Notification } | null {
  if (record === undefined || count !== CRASHES_BEFORE_ALERT) return null;
  const percent = record.shown?.percent ?? 0;
  // In place of its alert, if it has one.
  const alertRoute = record.alert === null ? record.route : record.alertRoute;
  const alert = 'crashing';
  const remote = recordButtonSet(record.remote, 'alert', { buttons: undefined, addedAt: 0 });
  return {
    record: { ...record, alert, alertRoute, remote },
    notification: { kind: 'alert', key: record.key, name: null, percent, alert, ...onRoute(alertRoute) },
  };
}

/**
 * After this many restarts of the services in a row the process ends. Each restart logs in, and five refused passwords
 * would ban the address.
 */
const MAX_RESTARTS = 3;

export function hasTooManyRestarts(restarts: Failures | undefined, now: number): boolean {
  if (restarts === undefined || Math.abs(now - restarts.at) > RESET_AFTER) return false;
  return restarts.count >= MAX_RESTARTS;
}
