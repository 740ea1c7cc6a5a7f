import type { Observation } from '../domain.ts';
import { backoff } from '../backoff.ts';

/** qBittorrent refreshes its own numbers this often (its `refresh_interval`): an earlier poll returns the same. */
const QBITTORRENT_REFRESH_INTERVAL = 1500;
/** Milliseconds per polled torrent that are added to the interval of early polls: with hundreds they would cost too much. */
const PAUSE_PER_TORRENT = 10;

/**
 * Milliseconds until a torrent may be near its end: half of the shortest ETA, since qBittorrent computes it from the
 * speed of the last 45 s, and so a young download seems slower than it is.
 */
export function timeToNearestEnd(observations: readonly Observation[]): number {
  const etas = observations.map(({ phase, eta }) => (phase === 'downloading' ? (eta ?? Infinity) : Infinity));
  return etas.reduce((least, eta) => Math.min(least, eta * 500), Infinity);
}

/** Milliseconds until the next poll: sooner than `interval` while a torrent is near its end. */
export function pollPause(interval: number, soonest: number, asked: number): number {
  return Math.min(interval, Math.max(soonest, QBITTORRENT_REFRESH_INTERVAL, asked * PAUSE_PER_TORRENT));
}

/**
 * Maximum pause, and maximum of the first retries: after an outage of 45 s, qBittorrent is polled again before the outage
 * becomes an incident, which is after a minute (`incidentAfter`).
 */
const MAX_POLL_RETRY = 60_000;
const MAX_FIRST_POLL_RETRY = 14_000;
const SHORT_RETRIES = 7;

/** Milliseconds until the next poll, after so many failures in a row. */
export function pollRetryPause(failures: number, interval: number): number {
  const longest = failures <= SHORT_RETRIES ? MAX_FIRST_POLL_RETRY : MAX_POLL_RETRY;
  return backoff(failures + 1, interval, Math.max(2 * interval, longest));
}
