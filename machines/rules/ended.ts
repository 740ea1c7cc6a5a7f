import type { Hash, Notification, Observation } from '../types.ts';

/**
 * When the torrents that were told lately were finished, by the ID they had then; the oldest first. qBittorrent gives
 * a completion a date of its own: what is checked again or restarted keeps it, what downloads again or is added again
 * gets another.
 */
export type Ended = Map<Hash, number>;

/** Ends that are remembered: more than can finish between a poll and its late hook. */
const ENDS = 1000;

/** Notes that the end of a torrent was told; the oldest is forgotten. */
export function noteEnded(ended: Ended, { hash, finishedAt }: Observation): void {
  if (finishedAt === null) return;
  ended.delete(hash);
  ended.set(hash, finishedAt);
  for (const oldest of ended.keys()) {
    if (ended.size <= ENDS) break;
    ended.delete(oldest);
  }
}

/** Whether it is complete, and that was told already: by whichever of its hashes it was tracked then. */
export function isToldBefore(
  ended: ReadonlyMap<Hash, number>,
  { hash, phase, finishedAt }: Observation,
): boolean {
  return phase === 'complete' && finishedAt !== null && ended.get(hash) === finishedAt;
}

/** A completion that is no news. */
export function isRepeated(ended: ReadonlyMap<Hash, number>, notification: Notification): boolean {
  return notification.kind === 'completion' && isToldBefore(ended, notification.torrent);
}
