import { UNKNOWN_FIELDS } from '../routing/fields.ts';
import type { CompletionSettings, Hash, Observation, Phase, TorrentRecord } from '../domain.ts';
import type { Progress } from './progress.ts';

/**
 * Phases of an unfinished torrent. One that is checked, moved or in an error may have finished before: qBittorrent 4.5
 * calls its finish hook before the check.
 */
const UNFINISHED_PHASES: ReadonlySet<Phase> = new Set([
  'metadata',
  'queued',
  'downloading',
  'stalled',
  'stopped',
  'unselected',
]);

/** One poll: when it was sent (`askedAt`), and when its answer arrived. Milliseconds since 1970. */
interface Polled {
  observation: Observation;
  askedAt: number;
  at: number;
}

/**
 * Since when a torrent is known to be finished, in milliseconds since 1970; `null` while it is not. A finish hook or a
 * finished state sets it; a later poll that shows the torrent unfinished clears it.
 */
export function finishedSince(before: number | null, { observation, askedAt, at }: Polled): number | null {
  if (observation.phase === 'complete') return before ?? at;
  // An answer cannot be a minute older than the hook before it: the clock was set back.
  const isLater = before !== null && (askedAt >= before || before - at >= MINUTE);
  return isLater && UNFINISHED_PHASES.has(observation.phase) ? null : before;
}

/**
 * Whether a finished state is final. If qBittorrent rechecks completed torrents, the torrent may be unfinished after the
 * check. If no byte seems to be downloaded, the figure may be late: libtorrent updates it each second.
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

/** A finished torrent of which nothing was downloaded: its data already existed, as with a cross-seed. */
export const isInjected = ({ phase, downloaded, size }: Observation): boolean =>
  phase === 'complete' && downloaded === 0 && size > 0;

/** A torrent that is known only from a finish hook. */
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
  ...UNKNOWN_FIELDS,
};

/**
 * A torrent that qBittorrent removed at its completion (share limit "remove"): the last observation, as finished.
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

/** Whether an observation shows for the first time that bytes were downloaded. */
export const isFirstReceipt = (
  { received }: Pick<TorrentRecord, 'received'>,
  { downloaded }: Pick<Observation, 'downloaded'>,
): boolean => downloaded > 0 && !received;

/** A finished torrent with the bytes that qBittorrent has forgotten: it was restarted after an unclean end. */
export const withReceipt = (
  torrent: Observation,
  { received }: Pick<TorrentRecord, 'received'>,
): Observation => (received && isInjected(torrent) ? { ...torrent, downloaded: torrent.size } : torrent);

/** Whether a completion has nothing but a hash: any caller of the finish hook can cause one. */
export const isNameless = ({ name, size }: Observation): boolean => name === null && size === 0;

/** Limit of completions without a name. */
export const NAMELESS_PER_MINUTE = 10;
const MINUTE = 60_000;

/** The instants (in milliseconds since 1970) within the last minute. */
export const withinMinute = (instants: readonly number[], now: number): number[] =>
  instants.filter((instant) => Math.abs(now - instant) < MINUTE);
