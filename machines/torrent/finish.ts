import type { CompletionSettings, Hash, Observation, Phase } from '../domain.ts';
import type { Progress } from './progress.ts';

/**
 * Phases that show a torrent unfinished. What is checked, moved or in an error may have been finished before: qBittorrent
 * 4.5 calls its finish hook before the check.
 */
const UNFINISHED: ReadonlySet<Phase> = new Set([
  'metadata',
  'queued',
  'downloading',
  'stalled',
  'stopped',
  'unselected',
]);

/** One poll's answer: when it was asked for, and when it came. Milliseconds since 1970. */
interface Polled {
  observation: Observation;
  askedAt: number;
  at: number;
}

/**
 * Since when a torrent is known to be finished, in milliseconds since 1970; `null` while it is not. A finish hook says
 * so, or a finished state; a poll that was asked for later and shows the torrent unfinished refutes it.
 */
export function finishedSince(before: number | null, { observation, askedAt, at }: Polled): number | null {
  if (observation.phase === 'complete') return before ?? at;
  // No answer is a minute older than what was heard before it: the clock was set back.
  const isLater = before !== null && (askedAt >= before || before - at >= MINUTE);
  return isLater && UNFINISHED.has(observation.phase) ? null : before;
}

/**
 * Whether a finished state is final. Where qBittorrent checks again what it has downloaded, the torrent may come back
 * from the check unfinished. Where nothing seems to be downloaded, the count may be late: libtorrent counts each second.
 */
export function isFinal(
  { phase, checked, since, downloaded }: Progress,
  at: number,
  { rechecks, settlesIn }: CompletionSettings,
): boolean {
  if (phase !== 'complete') return false;
  const isPlain = downloaded > 0 && (!rechecks || checked);
  return isPlain || at - since >= settlesIn;
}

/** A finished torrent of which nothing was downloaded: its data was there already, as with a cross-seed. */
export const isInjected = ({ phase, downloaded, size }: Observation): boolean =>
  phase === 'complete' && downloaded === 0 && size > 0;

/** What is known of a torrent that only a finish hook has named. */
const UNSEEN: Omit<Observation, 'hash'> = {
  v1: null,
  v2: null,
  name: null,
  phase: 'complete',
  progress: 1,
  size: 0,
  speed: 0,
  eta: null,
  downloaded: 0,
  duration: null,
  ratio: null,
  addedAt: 0,
  finishedAt: null,
};

/**
 * A torrent as it was when qBittorrent removed it at its completion (share limit "remove"): what the last poll saw of
 * it, finished.
 *
 * @param finishedSince milliseconds since 1970
 */
export function asRemoved(last: Observation | null, hash: Hash, finishedSince: number): Observation {
  const { size, downloaded, ...known } = last ?? { hash, ...UNSEEN };
  return {
    ...known,
    phase: 'complete',
    progress: 1,
    size,
    // The last poll may have been before its first byte.
    downloaded: Math.max(downloaded, size),
    speed: 0,
    eta: null,
    finishedAt: known.finishedAt ?? Math.floor(finishedSince / 1000),
  };
}

/** Whether a completion says nothing but a hash: any caller of the finish hook can make one. */
export const isNameless = ({ name, size }: Observation): boolean => name === null && size === 0;

/** Completions without a name that are sent within a minute. */
export const NAMELESS_PER_MINUTE = 10;
const MINUTE = 60_000;

/** Those of the instants (in milliseconds since 1970) that lie within the last minute. */
export const withinMinute = (instants: readonly number[], now: number): number[] =>
  instants.filter((instant) => Math.abs(now - instant) < MINUTE);
