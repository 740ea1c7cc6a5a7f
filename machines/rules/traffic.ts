import type { Failure, Hash, Notification, Now, Outcome, Policy, Told } from '../types.ts';
import { createBucket, refill, waitForToken } from './budget.ts';
import type { Bucket } from './budget.ts';
import { createLanes, isWaiting, next, put } from './lanes.ts';
import type { Lanes, Next } from './lanes.ts';
import { passesMilestone } from './telling.ts';

/** ntfy orders messages by the second: closer together, two of one card may arrive reversed. */
const SPACING = 1100;
const SLOTS = ['publish.0', 'publish.1', 'publish.2', 'publish.3'] as const;

/** What the outbox knows of what waits, what is on its way and what may leave when. */
export interface Traffic {
  policy: Policy;
  now: Now;
  lanes: Lanes;
  /** By slot; at most one a torrent. */
  inFlight: Map<string, Notification>;
  /** The progress that was last sent of each torrent, taken or not: whose card may have to go. */
  sent: Map<Hash, Told>;
  /** When something of a torrent was last sent; only as far back as the spacing asks. */
  lastAt: Map<Hash, number>;
  bucket: Bucket;
  /** Whether this ntfy updates cards in place; `null` until its first answer. */
  live: boolean | null;
}

export function createTraffic(policy: Policy, now: Now): Traffic {
  return {
    policy,
    now,
    lanes: createLanes(),
    inFlight: new Map(),
    sent: new Map(),
    lastAt: new Map(),
    bucket: createBucket(policy.rate, now()),
    live: null,
  };
}

export function freeSlot({ inFlight }: Traffic): string {
  return SLOTS.find((id) => !inFlight.has(id)) ?? SLOTS[0];
}

/** What may leave next, as the budget, the free slots and each card's age allow. */
export function upcoming(traffic: Traffic): Next | null {
  const { lanes, inFlight, lastAt, bucket, now, live } = traffic;
  // Until the first answer shows a new server: 2.11 answers 500 to publishes that come side by side (measured).
  if (inFlight.size >= (live === true ? SLOTS.length : 1)) return null;
  const busy = new Set([...inFlight.values()].map(({ key }) => key));
  const at = now();
  const refilled = refill(bucket, at);
  return next(
    lanes,
    (lane) => waitForToken(refilled, lane === 'completion'),
    (key) =>
      busy.has(key) ? Infinity : Math.max(0, SPACING - Math.abs(at - (lastAt.get(key) ?? -Infinity))),
  );
}

/**
 * What never leaves: progress between two milestones, where each message would be a card of its own, and the dismissal
 * of a card that nobody has, or that this ntfy cannot delete.
 */
export function skipped({ live, policy, sent }: Traffic, notification: Notification): Outcome | null {
  if (notification.kind === 'completion') return null;
  const last = sent.get(notification.key);
  if (notification.kind === 'dismissal') {
    return live === false || (last === undefined && notification.shown === null) ? 'accepted' : null;
  }
  const thinned = policy.progress === 'milestones' || (policy.progress === 'auto' && live === false);
  return thinned && !passesMilestone(last ?? notification.told, notification.tell) ? 'superseded' : null;
}

/** How a notification ended; `null` while it stays: it goes back to its place unless something newer waits there. */
export function outcomeOf(
  { lanes, sent }: Traffic,
  notification: Notification,
  failure: Failure | null,
): Outcome | null {
  if (failure === null) {
    if (notification.kind === 'dismissal') sent.delete(notification.key);
    return 'accepted';
  }
  if (failure.kind === 'rejected') return 'refused';
  if (isWaiting(lanes, notification.key)) return 'superseded';
  put(lanes, notification);
  return null;
}

/** Notes what of a torrent's progress has left. */
export function markLeaving({ sent }: Traffic, notification: Notification): void {
  if (notification.kind === 'progress') sent.set(notification.key, notification.tell);
}

/** Notes that something of a torrent arrived, or did not. */
export function markSent({ lastAt, now }: Traffic, key: Hash): void {
  const at = now();
  for (const [other, time] of lastAt) {
    if (at - time < SPACING && time <= at) break;
    lastAt.delete(other);
  }
  lastAt.delete(key);
  lastAt.set(key, at);
}
