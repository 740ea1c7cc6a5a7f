import type { GroupId } from './types.ts';

/** When the last completions of each group were announced, in milliseconds since 1970. Changed in place. */
export type RecentTimes = Map<GroupId, readonly number[]>;

const MINUTE = 60_000;

export const restoreRecent = (stored: Readonly<Record<GroupId, readonly number[]>> = {}): RecentTimes =>
  new Map(Object.entries(stored));

/**
 * Adds a completion, and returns the times of the last minute: at most `limit` of them. After the clock was set back they
 * count for at most a minute more.
 */
export function countRecent(
  recent: RecentTimes,
  group: GroupId,
  { at, limit }: { at: number; limit: number },
): readonly number[] {
  for (const [other, times] of recent)
    if (!times.some((time) => Math.abs(at - time) < MINUTE)) recent.delete(other);
  const before = (recent.get(group) ?? []).filter((time) => Math.abs(at - time) < MINUTE);
  const times = [...before, at].slice(-limit);
  recent.set(group, times);
  return times;
}
