import type { Failure, Observation } from '../domain.ts';
import { backoff } from '../backoff.ts';

const FIRST_RETRY = 2000;
/** A burst limit refills in 5 s; the pause is at least half of this, so that those who share it do not come back in step. */
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

const FIRST_SCAN_RETRY = 2000;
const MAX_SCAN_RETRY = 60_000;

/** Milliseconds until the start-up scan is tried again, after so many failures in a row. */
export function scanPause(failures: number): number {
  return backoff(failures, FIRST_SCAN_RETRY, MAX_SCAN_RETRY);
}

const FIRST_LIST_RETRY = 30_000;

/** Milliseconds until the list of all torrents is asked for again, after so many failures in a row. */
export function listPause(failures: number, retryMax: number): number {
  return backoff(failures, FIRST_LIST_RETRY, Math.max(retryMax, FIRST_LIST_RETRY));
}

/** qBittorrent refreshes its own numbers this often (its `refresh_interval`): asked sooner, it says the same. */
const REFRESH = 1500;
/** Each torrent that is asked for makes the polls before an end rarer by this: with hundreds they would cost too much. */
const PAUSE_PER_TORRENT = 10;

/**
 * Milliseconds until a torrent may be near its end: half of the shortest ETA, since qBittorrent reckons it from the
 * speed of the last 45 s, and so a young download seems slower than it is.
 */
export function untilAnEnd(observations: readonly Observation[]): number {
  const etas = observations.map(({ phase, eta }) => (phase === 'downloading' ? (eta ?? Infinity) : Infinity));
  return etas.reduce((least, eta) => Math.min(least, eta * 500), Infinity);
}

/** Milliseconds until the next poll: sooner than `interval` while a torrent is near its end. */
export function pollPause(interval: number, soonest: number, asked: number): number {
  return Math.min(interval, Math.max(soonest, REFRESH, asked * PAUSE_PER_TORRENT));
}

/**
 * The longest pause, and that of the first few: what was silent for 45 s is asked again before that counts as trouble,
 * which it does after a minute (`troubleAfter`).
 */
const MAX_POLL_RETRY = 60_000;
const MAX_FIRST_POLL_RETRY = 14_000;
const SHORT_RETRIES = 7;

/** Milliseconds until the next poll after so many that failed in a row. */
export function repollPause(failures: number, interval: number): number {
  const longest = failures <= SHORT_RETRIES ? MAX_FIRST_POLL_RETRY : MAX_POLL_RETRY;
  return backoff(failures + 1, interval, Math.max(2 * interval, longest));
}
