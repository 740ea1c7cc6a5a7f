import type { Hash, Observation, Phase } from '../domain.ts';
import type { Policy } from '../policy.ts';
import { pollPause, pollRetryPause, timeToNearestEnd } from './poll-interval.ts';

/**
 * Which of the tracked torrents a poll requests, and when. Torrents that change are requested by each poll, new ones
 * before the next poll, and all of them every 30 s: of a thousand that are queued, three download. Changed in place: with
 * thousands of torrents, a copy per change would be quadratic.
 */
export interface PollSet {
  hashes: Set<Hash>;
  /** No poll has requested them yet. */
  fresh: Set<Hash>;
  /** The last observations. */
  seen: Map<Hash, Observation>;
  /** Torrents that change: how many more polls request them if nothing changes. */
  moving: Map<Hash, number>;
  /** Torrents that may be finished: how many immediate polls request them. */
  urgent: Map<Hash, number>;
  /** A slot of qBittorrent became free: another torrent may have started, so the next poll requests all. */
  slotFreed: boolean;
  /** What the current or last poll requested. */
  scope: 'all' | 'moving' | 'some';
  /** When the next poll is due, and when the next one for all torrents; in milliseconds since 1970. */
  nextPollAt: number;
  fullPollAt: number;
}

/**
 * Phases that can last long without a change, and the policy that defines how long one lasts before a card shows it:
 * until then the torrent is polled. qBittorrent queues most new torrents for a moment, and finds metadata within two
 * minutes or hardly ever. A forced torrent is reported as downloading even if nothing arrives. All other phases change.
 */
const WAIT_BEFORE_REST: Partial<Record<Phase, 'stallTime' | 'settleTime'>> = {
  metadata: 'stallTime',
  downloading: 'stallTime',
  stalled: 'stallTime',
  queued: 'settleTime',
  stopped: 'settleTime',
  unselected: 'settleTime',
  failed: 'settleTime',
};
/** Phases in which a torrent occupies none of the slots for active torrents. */
const INACTIVE_PHASES: ReadonlySet<Phase> = new Set(['queued', 'stopped', 'unselected', 'failed']);
/** A finished torrent may still be moved or checked: so many polls request it, one each second. */
const URGENT_POLLS = 4;
const URGENT_INTERVAL = 1000;

export function createPollSet(): PollSet {
  return {
    hashes: new Set(),
    fresh: new Set(),
    seen: new Map(),
    moving: new Map(),
    urgent: new Map(),
    slotFreed: false,
    scope: 'all',
    nextPollAt: 0,
    fullPollAt: 0,
  };
}

export function watch({ hashes, fresh }: PollSet, hash: Hash): void {
  hashes.add(hash);
  fresh.add(hash);
}

export function unwatch(pollSet: PollSet, hash: Hash): void {
  const { hashes, fresh, seen, moving, urgent } = pollSet;
  if (hasPlace(seen.get(hash))) pollSet.slotFreed = true;
  for (const group of [hashes, fresh, seen, moving, urgent]) group.delete(hash);
}

/** Polls torrents immediately and several times; `null`: all of them, because it is unknown which one is finished. */
export function markUrgent({ hashes, urgent }: PollSet, finished: readonly Hash[] | null): void {
  for (const each of finished ?? hashes) if (hashes.has(each)) urgent.set(each, URGENT_POLLS);
}

/** The next poll requests all torrents. */
export function resetPolls(pollSet: PollSet): void {
  pollSet.nextPollAt = 0;
  pollSet.fullPollAt = 0;
}

/**
 * Starts a poll: returns the torrents to request. Never none while there is one.
 *
 * @param now milliseconds since 1970
 * @param early milliseconds by which torrents that are due soon are requested early
 */
export function chooseHashes(pollSet: PollSet, now: number, early: number): Hash[] {
  const { hashes, fresh, moving, urgent, slotFreed } = pollSet;
  const isDue = pollSet.nextPollAt - now <= early;
  const some = new Set([...fresh, ...urgent.keys(), ...(isDue ? moving.keys() : [])]);
  const isWhole = pollSet.fullPollAt - now <= early || (isDue && (slotFreed || moving.size === 0));
  pollSet.scope = isWhole || some.size === 0 || some.size === hashes.size ? 'all' : isDue ? 'moving' : 'some';
  for (const [hash, left] of urgent) {
    if (left > 1) urgent.set(hash, left - 1);
    else urgent.delete(hash);
  }
  fresh.clear();
  return pollSet.scope === 'all' ? [...hashes] : [...some];
}

/**
 * Records the answer of a poll: which torrents change, and when the next poll is due.
 *
 * @returns the tracked torrents that were not found
 */
export function recordPoll(
  pollSet: PollSet,
  asked: readonly Hash[],
  seen: readonly Observation[],
  { now, policy }: { now: number; policy: Policy },
): Hash[] {
  const { hashes, moving, scope } = pollSet;
  const found = new Map(seen.map((observation) => [observation.hash, observation]));
  for (const hash of asked) recordTorrent(pollSet, hash, found.get(hash), policy);
  if (scope === 'all') pollSet.slotFreed = false;
  const idle = idleInterval(policy);
  const interval = moving.size > 0 || pollSet.slotFreed ? policy.pollInterval : idle;
  const next = now + pollPause(interval, timeToNearestEnd(seen), moving.size);
  pollSet.nextPollAt = scope === 'some' ? Math.min(pollSet.nextPollAt, next) : next;
  // Also if the clock was set back.
  pollSet.fullPollAt = scope === 'all' ? now + idle : Math.min(pollSet.fullPollAt, now + idle);
  return asked.filter((hash) => hashes.has(hash) && !found.has(hash));
}

/** The number of polls in a row, the first included, that request a torrent in this phase although nothing changes. */
function pollsWithoutChange(phase: Phase, policy: Policy): number {
  const lasts = WAIT_BEFORE_REST[phase];
  if (lasts === undefined) return Infinity;
  // Polls can be a little early; over a stall this adds up to one poll.
  const spare = lasts === 'stallTime' ? 1 : 0;
  return Math.ceil(policy[lasts] / policy.pollInterval) + 1 + spare;
}

function recordTorrent(pollSet: PollSet, hash: Hash, now: Observation | undefined, policy: Policy): void {
  const { hashes, seen, moving } = pollSet;
  // It was removed while the poll was running.
  if (!hashes.has(hash)) return;
  const before = seen.get(hash);
  if (now !== undefined) seen.set(hash, now);
  if (now !== undefined && hasPlace(before) && !hasPlace(now)) pollSet.slotFreed = true;
  // A torrent that was not found can be in any phase.
  const polls = now === undefined ? Infinity : pollsWithoutChange(now.phase, policy);
  const isAsBefore = now && before !== undefined && isSame(before, now);
  const left = isAsBefore ? Math.min(polls, moving.get(hash) ?? 0) : polls;
  if (left > 1) moving.set(hash, left - 1);
  else moving.delete(hash);
}

const isSame = (one: Observation, other: Observation): boolean =>
  one.phase === other.phase && one.downloaded === other.downloaded && one.progress === other.progress;

/** Whether it occupies one of qBittorrent's slots for active torrents. */
const hasPlace = (torrent: Observation | undefined): boolean =>
  torrent !== undefined && !INACTIVE_PHASES.has(torrent.phase);

/** Milliseconds until the next poll, after so many failures in a row. */
export function pauseOf(
  pollSet: PollSet,
  failures: number,
  { now, policy }: { now: number; policy: Policy },
): number {
  const { urgent, moving, nextPollAt, fullPollAt } = pollSet;
  if (urgent.size > 0) return Math.min(URGENT_INTERVAL, policy.pollInterval);
  const idle = idleInterval(policy);
  if (failures > 0) return pollRetryPause(failures, moving.size > 0 ? policy.pollInterval : idle);
  return Math.min(idle, Math.max(0, Math.min(nextPollAt, fullPollAt) - now));
}

const idleInterval = ({ pollInterval, idleInterval }: Policy): number => Math.max(pollInterval, idleInterval);
