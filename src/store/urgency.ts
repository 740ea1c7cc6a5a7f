import type { TorrentRecord } from '../../machines/domain.ts';
import type { Urgency } from './batch.ts';

/**
 * How soon a record has to be kept, by what changed; `null` when nothing did.
 *
 * - A completion that was found, and whatever else is not named here, now: it survives a power loss.
 * - A new torrent before its hook is answered. It may get lost in a power loss: qBittorrent is away then too, and
 *   whatever is still on its way is found by looking.
 * - What is about to be sent of its progress before that leaves: over a kill a card does not go backwards.
 * - What its card shows within a second: a card is updated once more than it had to be.
 */
export function urgencyOf(before: TorrentRecord | undefined, after: TorrentRecord): Urgency | null {
  if (before === undefined) return after.stage === 'following' ? 'soon' : 'now';
  const rest = { told: null, highest: 0, sounded: null };
  const isElsewhereSame = isSame({ ...before, ...rest }, { ...after, ...rest });
  if (!isElsewhereSame || !isSame(before.sounded, after.sounded)) return 'now';
  if (before.highest !== after.highest) return 'soon';
  return isSame(before.told ?? {}, after.told ?? {}) ? null : 'later';
}

/** One level deep: an inner object that was made anew counts as another. */
function isSame(one: object, other: object): boolean {
  const [mine, theirs] = [Object.entries(one), new Map(Object.entries(other))];
  return mine.length === theirs.size && mine.every(([name, value]) => Object.is(theirs.get(name), value));
}
