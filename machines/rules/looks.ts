import type { Hash, Observation, Phase, Policy } from '../types.ts';
import { pollPause, repollPause, untilAnEnd } from './pauses.ts';

/**
 * Which of the tracked torrents are asked for, and when. Those that move are asked for with each poll, those that are
 * new before it, and all of them now and then: of a thousand that are queued, three download. Changed in place: with
 * thousands of torrents a copy a change would be quadratic.
 */
export interface Looks {
  hashes: Set<Hash>;
  /** No look has asked for them yet. */
  fresh: Set<Hash>;
  /** As they were seen last. */
  phases: Map<Hash, Phase>;
  /** Those that polls ask for: in how many more, if nothing happens. */
  moving: Map<Hash, number>;
  /** Those that qBittorrent says are finished: in how many looks that come at once they are asked for. */
  hasty: Map<Hash, number>;
  /** Something has stopped moving: something else may have begun, and the next poll asks for all. */
  stirred: boolean;
  /** What the look that is under way, or was the last, asks for. */
  scope: 'all' | 'moving' | 'some';
  /** When the next poll is due, and when one that asks for all is; in milliseconds since 1970. */
  nextAt: number;
  allAt: number;
}

/**
 * Phases in which a torrent may stay for long without news, and how many looks in a row wait for some: until that has
 * lasted long enough to be said (`settle`, two polls). qBittorrent queues most for a moment when they are added, and
 * finds metadata within two minutes or hardly ever. In any other phase something moves.
 */
const PATIENCE: Partial<Record<Phase, number>> = { metadata: 24, queued: 3, stopped: 3, failed: 3 };
/** A finished torrent may still be moved or checked: it is asked for this often, each second. */
const HASTY_LOOKS = 4;
const HASTE = 1000;

export function createLooks(): Looks {
  return {
    hashes: new Set(),
    fresh: new Set(),
    phases: new Map(),
    moving: new Map(),
    hasty: new Map(),
    stirred: false,
    scope: 'all',
    nextAt: 0,
    allAt: 0,
  };
}

export function watch({ hashes, fresh }: Looks, hash: Hash): void {
  hashes.add(hash);
  fresh.add(hash);
}

export function unwatch(looks: Looks, hash: Hash): void {
  const { hashes, fresh, phases, moving, hasty } = looks;
  if (moving.get(hash) === Infinity) looks.stirred = true;
  for (const group of [hashes, fresh, phases, moving, hasty]) group.delete(hash);
}

/** Has it looked at at once and again; or all of them, where nobody knows which one is finished. */
export function hasten({ hashes, hasty }: Looks, hash: Hash | null): void {
  for (const each of hash === null ? hashes : [hash]) if (hashes.has(each)) hasty.set(each, HASTY_LOOKS);
}

/** The next poll asks for all, whatever was seen of them. */
export function beginAnew(looks: Looks): void {
  looks.nextAt = 0;
  looks.allAt = 0;
}

/**
 * Begins a look: says for which torrents it asks. Never for none while there is one.
 *
 * @param now milliseconds since 1970
 * @param early milliseconds by which what is due soon is asked for already
 */
export function choose(looks: Looks, now: number, early: number): Hash[] {
  const { hashes, fresh, moving, hasty, stirred } = looks;
  const isDue = looks.nextAt - now <= early;
  const some = new Set([...fresh, ...hasty.keys(), ...(isDue ? moving.keys() : [])]);
  const isWhole = looks.allAt - now <= early || (isDue && (stirred || moving.size === 0));
  looks.scope = isWhole || some.size === 0 || some.size === hashes.size ? 'all' : isDue ? 'moving' : 'some';
  for (const [hash, left] of hasty) {
    if (left > 1) hasty.set(hash, left - 1);
    else hasty.delete(hash);
  }
  fresh.clear();
  return looks.scope === 'all' ? [...hashes] : [...some];
}

/** Ends a look that was answered: what moves, and when the next one is due. */
export function noteLook(
  looks: Looks,
  asked: readonly Hash[],
  seen: readonly Observation[],
  { now, policy }: { now: number; policy: Policy },
): void {
  const { moving, scope } = looks;
  const phases = new Map(seen.map(({ hash, phase }) => [hash, phase]));
  // What was not found can be anything.
  for (const hash of asked) noteOne(looks, hash, phases.get(hash) ?? 'unknown');
  if (scope === 'all') looks.stirred = false;
  const idle = idleInterval(policy);
  const interval = moving.size > 0 || looks.stirred ? policy.pollInterval : idle;
  const next = now + pollPause(interval, untilAnEnd(seen), moving.size);
  looks.nextAt = scope === 'some' ? Math.min(looks.nextAt, next) : next;
  // Never later than that, also where the clock was set back.
  looks.allAt = scope === 'all' ? now + idle : Math.min(looks.allAt, now + idle);
}

function noteOne(looks: Looks, hash: Hash, phase: Phase): void {
  const { hashes, phases, moving } = looks;
  // It left while the answer was on its way.
  if (!hashes.has(hash)) return;
  const before = phases.get(hash);
  const patience = PATIENCE[phase] ?? Infinity;
  const left = before === phase ? (moving.get(hash) ?? 0) : patience;
  if (patience < Infinity && moving.get(hash) === Infinity) looks.stirred = true;
  phases.set(hash, phase);
  if (left > 1) moving.set(hash, left - 1);
  else moving.delete(hash);
}

/** Milliseconds until the next look, after so many in a row that failed. */
export function pauseOf(
  looks: Looks,
  failures: number,
  { now, policy }: { now: number; policy: Policy },
): number {
  const { hasty, moving, nextAt, allAt } = looks;
  if (hasty.size > 0) return Math.min(HASTE, policy.pollInterval);
  const idle = idleInterval(policy);
  if (failures > 0) return repollPause(failures, moving.size > 0 ? policy.pollInterval : idle);
  return Math.min(idle, Math.max(0, Math.min(nextAt, allAt) - now));
}

const idleInterval = ({ pollInterval, idleInterval }: Policy): number => Math.max(pollInterval, idleInterval);
