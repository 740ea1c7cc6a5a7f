import type { Hash, Notification, Observation } from '../domain.ts';
import { isNameless } from '../torrent/finish.ts';

/**
 * The finish dates of recently announced torrents, by their ID at that time; the oldest first. qBittorrent keeps the
 * date of a completion after a recheck or a restart, and sets a new one when a torrent downloads again or is added again.
 */
export type RecentCompletions = Map<Hash, number>;

/** An announced torrent: its ID at that time, and when it was finished, in seconds since 1970. */
export interface RecentCompletion {
  hash: Hash;
  finishedAt: number;
}

/** More torrents than can finish between a poll and a late hook. */
export const MAX_RECENT_COMPLETIONS = 1000;

/** The completions of an earlier process. */
export function restoreRecentCompletions(stored: readonly RecentCompletion[] = []): RecentCompletions {
  const completions: RecentCompletions = new Map();
  for (const completion of stored) addRecentCompletion(completions, completion);
  return completions;
}

/** The announced completion of a torrent that ends; `null` if none was announced, or its date is unknown. */
export function recentCompletionOf(finished: Observation | null | undefined): RecentCompletion | null {
  if (finished === null || finished === undefined || finished.finishedAt === null) return null;
  return { hash: finished.hash, finishedAt: finished.finishedAt };
}

/** Adds an announced torrent, and deletes the oldest ones. */
export function addRecentCompletion(
  completions: RecentCompletions,
  { hash, finishedAt }: RecentCompletion,
): void {
  completions.delete(hash);
  completions.set(hash, finishedAt);
  for (const oldest of completions.keys()) {
    if (completions.size <= MAX_RECENT_COMPLETIONS) break;
    completions.delete(oldest);
  }
}

/** Whether it is complete and was announced, by any of its hashes. */
export function wasAnnounced(
  completions: ReadonlyMap<Hash, number>,
  { hash, phase, finishedAt }: Observation,
): boolean {
  return phase === 'complete' && finishedAt !== null && completions.get(hash) === finishedAt;
}

/** Seconds within which the finish hook of a removed torrent belongs to an announced completion. */
const LATE_HOOK_SECONDS = 600;

/** Whether a completion was announced before. */
export function isRepeated(completions: ReadonlyMap<Hash, number>, notification: Notification): boolean {
  if (notification.kind !== 'completion') return false;
  const { torrent } = notification;
  if (wasAnnounced(completions, torrent)) return true;
  const before = completions.get(torrent.hash);
  if (before === undefined || !isNameless(torrent)) return false;
  return Math.abs((torrent.finishedAt ?? 0) - before) < LATE_HOOK_SECONDS;
}
