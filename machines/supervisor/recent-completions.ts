import type { Hash, Notification, Observation } from '../domain.ts';
import { isNameless } from '../torrent/finish.ts';

/**
 * When the torrents that were told lately were finished, by the ID they had then; the oldest first. qBittorrent gives
 * a completion a date of its own: what is checked again or restarted keeps it, what downloads again or is added again
 * gets another.
 */
export type RecentCompletions = Map<Hash, number>;

/** Ends that are remembered: more than can finish between a poll and its late hook. */
const MAX_RECENT_COMPLETIONS = 1000;

/** Notes that the end of a torrent was told; the oldest is forgotten. */
export function addRecentCompletion(ended: RecentCompletions, { hash, finishedAt }: Observation): void {
  if (finishedAt === null) return;
  ended.delete(hash);
  ended.set(hash, finishedAt);
  for (const oldest of ended.keys()) {
    if (ended.size <= MAX_RECENT_COMPLETIONS) break;
    ended.delete(oldest);
  }
}

/** Whether it is complete, and that was told already: by whichever of its hashes it was tracked then. */
export function wasAnnounced(
  ended: ReadonlyMap<Hash, number>,
  { hash, phase, finishedAt }: Observation,
): boolean {
  return phase === 'complete' && finishedAt !== null && ended.get(hash) === finishedAt;
}

/** Seconds within which a finish hook of a torrent that is gone is the late hook of a completion that was told. */
const LATE_HOOK_SECONDS = 600;

/** A completion that is no news. */
export function isRepeated(ended: ReadonlyMap<Hash, number>, notification: Notification): boolean {
  if (notification.kind !== 'completion') return false;
  const { torrent } = notification;
  if (wasAnnounced(ended, torrent)) return true;
  const before = ended.get(torrent.hash);
  if (before === undefined || !isNameless(torrent)) return false;
  return Math.abs((torrent.finishedAt ?? 0) - before) < LATE_HOOK_SECONDS;
}
