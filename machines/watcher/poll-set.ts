import type { Hash, Observation, Phase } from '../domain.ts';
import type { Policy } from '../policy.ts';
import { pollPause, repollPause, untilAnEnd } from './poll-interval.ts';

/**
 * Which of the tracked torrents are asked for, and when. Those that move are asked for with each poll, those that are
 * new before it, and all of them now and then: of a thousand that are queued, three download. Changed in place: with
 * thousands of torrents a copy a change would be quadratic.
 */
export interface PollSet {
  hashes: Set<Hash>;
  /** No look has asked for them yet. */
  fresh: Set<Hash>;
  /** As they were seen last. */
  seen: Map<Hash, Observation>;
  /** Those that polls ask for: in how many more, if nothing happens. */
  moving: Map<Hash, number>;
  /** Those that qBittorrent says are finished: in how many looks that come at once they are asked for. */
  urgent: Map<Hash, number>;
  /** A place became free: another may have it now, and the next poll asks for all. */
  slotFreed: boolean;
  /** What the look that is under way, or was the last, asks for. */
  scope: 'all' | 'moving' | 'some';
  /** When the next poll is due, and when one that asks for all is; in milliseconds since 1970. */
  nextPollAt: number;
  fullPollAt: number;
}

/**
 * Phases in which a torrent may stay for long without news, and the setting that says how long that lasts before a card
 * shows it: until then it is polled. qBittorrent queues most for a moment when they are added, and finds metadata within
 * two minutes or hardly ever. A forced torrent is called downloading also while nothing arrives. In any other phase
 * something moves.
 */
const REST_AFTER: Partial<Record<Phase, 'stall' | 'settle'>> = {
  metadata: 'stall',
  downloading: 'stall',
  stalled: 'stall',
  queued: 'settle',
  stopped: 'settle',
  unselected: 'settle',
  failed: 'settle',
};
/** Phases in which it has none of the places that qBittorrent gives to what is active. */
const INACTIVE_PHASES: ReadonlySet<Phase> = new Set(['queued', 'stopped', 'unselected', 'failed']);
/** A finished torrent may still be moved or checked: it is asked for this often, each second. */
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

export function unwatch(looks: PollSet, hash: Hash): void {
  const { hashes, fresh, seen, moving, urgent: hasty } = looks;
  if (hasPlace(seen.get(hash))) looks.slotFreed = true;
  for (const group of [hashes, fresh, seen, moving, hasty]) group.delete(hash);
}

/** Has it looked at at once and again; or all of them, where nobody knows which one is finished. */
export function markUrgent({ hashes, urgent: hasty }: PollSet, hash: Hash | null): void {
  for (const each of hash === null ? hashes : [hash]) if (hashes.has(each)) hasty.set(each, URGENT_POLLS);
}

/** The next poll asks for all, whatever was seen of them. */
export function resetPolls(looks: PollSet): void {
  looks.nextPollAt = 0;
  looks.fullPollAt = 0;
}

/**
 * Begins a look: says for which torrents it asks. Never for none while there is one.
 *
 * @param now milliseconds since 1970
 * @param early milliseconds by which what is due soon is asked for already
 */
export function chooseHashes(looks: PollSet, now: number, early: number): Hash[] {
  const { hashes, fresh, moving, urgent: hasty, slotFreed: stirred } = looks;
  const isDue = looks.nextPollAt - now <= early;
  const some = new Set([...fresh, ...hasty.keys(), ...(isDue ? moving.keys() : [])]);
  const isWhole = looks.fullPollAt - now <= early || (isDue && (stirred || moving.size === 0));
  looks.scope = isWhole || some.size === 0 || some.size === hashes.size ? 'all' : isDue ? 'moving' : 'some';
  for (const [hash, left] of hasty) {
    if (left > 1) hasty.set(hash, left - 1);
    else hasty.delete(hash);
  }
  fresh.clear();
  return looks.scope === 'all' ? [...hashes] : [...some];
}

/**
 * Ends a look that was answered: what moves, and when the next one is due.
 *
 * @returns those that are tracked and were not found
 */
export function recordPoll(
  looks: PollSet,
  asked: readonly Hash[],
  seen: readonly Observation[],
  { now, policy }: { now: number; policy: Policy },
): Hash[] {
  const { hashes, moving, scope } = looks;
  const found = new Map(seen.map((observation) => [observation.hash, observation]));
  for (const hash of asked) noteOne(looks, hash, found.get(hash), policy);
  if (scope === 'all') looks.slotFreed = false;
  const idle = idleInterval(policy);
  const interval = moving.size > 0 || looks.slotFreed ? policy.pollInterval : idle;
  const next = now + pollPause(interval, untilAnEnd(seen), moving.size);
  looks.nextPollAt = scope === 'some' ? Math.min(looks.nextPollAt, next) : next;
  // Never later than that, also where the clock was set back.
  looks.fullPollAt = scope === 'all' ? now + idle : Math.min(looks.fullPollAt, now + idle);
  return asked.filter((hash) => hashes.has(hash) && !found.has(hash));
}

/** How many looks in a row, the first one included, a torrent in this phase is polled without news. */
function patienceFor(phase: Phase, policy: Policy): number {
  const lasts = REST_AFTER[phase];
  if (lasts === undefined) return Infinity;
  // A poll may come a little early, and a stall is long enough for that to add up to one poll.
  const spare = lasts === 'stall' ? 1 : 0;
  return Math.ceil(policy[lasts] / policy.pollInterval) + 1 + spare;
}

function noteOne(looks: PollSet, hash: Hash, now: Observation | undefined, policy: Policy): void {
  const { hashes, seen, moving } = looks;
  // It left while the answer was on its way.
  if (!hashes.has(hash)) return;
  const before = seen.get(hash);
  if (now !== undefined) seen.set(hash, now);
  if (now !== undefined && hasPlace(before) && !hasPlace(now)) looks.slotFreed = true;
  // What was not found can be anything.
  const patience = now === undefined ? Infinity : patienceFor(now.phase, policy);
  const isAsBefore = now && before !== undefined && isSame(before, now);
  const left = isAsBefore ? Math.min(patience, moving.get(hash) ?? 0) : patience;
  if (left > 1) moving.set(hash, left - 1);
  else moving.delete(hash);
}

const isSame = (one: Observation, other: Observation): boolean =>
  one.phase === other.phase && one.downloaded === other.downloaded && one.progress === other.progress;

/** Whether it has one of qBittorrent's places for what is active, that another takes when it is free. */
const hasPlace = (torrent: Observation | undefined): boolean =>
  torrent !== undefined && !INACTIVE_PHASES.has(torrent.phase);

/** Milliseconds until the next look, after so many in a row that failed. */
export function pauseOf(
  looks: PollSet,
  failures: number,
  { now, policy }: { now: number; policy: Policy },
): number {
  const { urgent: hasty, moving, nextPollAt: nextAt, fullPollAt: allAt } = looks;
  if (hasty.size > 0) return Math.min(URGENT_INTERVAL, policy.pollInterval);
  const idle = idleInterval(policy);
  if (failures > 0) return repollPause(failures, moving.size > 0 ? policy.pollInterval : idle);
  return Math.min(idle, Math.max(0, Math.min(nextAt, allAt) - now));
}

const idleInterval = ({ pollInterval, idleInterval }: Policy): number => Math.max(pollInterval, idleInterval);
