import type { Failure, Notification, Now, Outcome, Policy, Told } from '../types.ts';
import { createBudget, isScarce, refill, waitForToken } from './budget.ts';
import type { Budget } from './budget.ts';
import { createLanes, isSuperseded, isUrgent, next, put } from './lanes.ts';
import type { Lanes, Next } from './lanes.ts';
import { isCorrection, passesMilestone } from './telling.ts';

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
  sent: Map<string, Told>;
  /** Whose alert or incident was sent, taken or not. */
  alerted: Set<string>;
  /** What ntfy refused as it was, and gets once more in its simplest form. */
  simplified: WeakSet<Notification>;
  /** When the wait of each began, in milliseconds since 1970. */
  since: WeakMap<Notification, number>;
  /** When something of a torrent was last sent; only as far back as the spacing asks. */
  lastAt: Map<string, number>;
  budget: Budget;
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
    alerted: new Set(),
    simplified: new WeakSet(),
    since: new WeakMap(),
    lastAt: new Map(),
    budget: createBudget(policy.rate, now()),
    live: null,
  };
}

/** Takes a notification in. Whose place it takes has begun its wait. */
export function enter({ lanes, since, now }: Traffic, notification: Notification): void {
  const before = lanes[notification.kind].get(notification.key);
  since.set(notification, (before && since.get(before)) ?? now());
  put(lanes, notification);
}

/** When the longest wait began of all that ntfy has not taken yet, in milliseconds since 1970; `null` for none. */
export function oldest({ lanes, inFlight, since }: Traffic): number | null {
  let first: number | null = null;
  for (const group of [inFlight, ...Object.values(lanes)]) {
    for (const notification of group.values()) {
      const at = since.get(notification);
      if (at !== undefined && (first === null || at < first)) first = at;
    }
  }
  return first;
}

export function freeSlot({ inFlight }: Traffic): string {
  return SLOTS.find((id) => !inFlight.has(id)) ?? SLOTS[0];
}

/** What may leave next, as the budget, the free slots and each card's age allow. */
export function upcoming(traffic: Traffic): Next | null {
  const { lanes, inFlight, lastAt, budget, now, live } = traffic;
  // Until the first answer shows a new server: 2.11 answers 500 to publishes that come side by side (measured).
  if (inFlight.size >= (live === true ? SLOTS.length : 1)) return null;
  const busy = new Set([...inFlight.values()].map(({ key }) => key));
  const at = now();
  const refilled = refill(budget, at);
  return next(
    lanes,
    (lane) => waitForToken(refilled, isUrgent(lane)),
    (key, lane) => {
      if (busy.has(key)) return Infinity;
      // A card that is new waits for no other.
      if (lane === 'completion') return 0;
      return Math.max(0, SPACING - Math.abs(at - (lastAt.get(key) ?? -Infinity)));
    },
  );
}

/**
 * What never leaves: progress between two milestones, where each message would be a card of its own, an estimate that
 * is corrected where the day's messages are few, and the end of a card that nobody has, or that this ntfy cannot delete.
 */
export function skipped(traffic: Traffic, notification: Notification): Outcome | null {
  const { live, policy, sent, alerted, budget } = traffic;
  const { kind, key } = notification;
  switch (kind) {
    case 'completion':
    case 'alert':
    case 'incident':
      return null;
    case 'relief':
      return alerted.has(key) || notification.shown ? null : 'accepted';
    case 'clearance':
      return live !== false && (alerted.has(key) || notification.shown !== null) ? null : 'accepted';
    case 'dismissal': {
      const hasCard = sent.has(key) || notification.shown || alerted.has(key) || notification.alerted;
      return live !== false && hasCard ? null : 'accepted';
    }
    case 'progress': {
      const thinned = policy.progress === 'milestones' || (policy.progress === 'auto' && live === false);
      const last = sent.get(key) ?? notification.told;
      const { tell } = notification;
      if (isScarce(budget) && isCorrection(last, tell)) return 'superseded';
      return thinned && !passesMilestone(last, tell) ? 'superseded' : null;
    }
  }
}

/**
 * A notification as it leaves: a dismissal takes an alert along whose own clearance it made void.
 */
export function asSent({ alerted }: Traffic, notification: Notification): Notification {
  if (notification.kind !== 'dismissal') return notification;
  return { ...notification, alerted: notification.alerted || alerted.has(notification.key) };
}

/** Notes what has left, taken or not. */
export function markLeaving({ sent, alerted }: Traffic, notification: Notification): void {
  const { kind, key } = notification;
  if (kind === 'progress') sent.set(key, notification.tell);
  if (kind === 'alert' || kind === 'incident') alerted.add(key);
}

/** Notes that a card is gone, or that there was none. */
export function markGone({ sent, alerted }: Traffic, { kind, key }: Notification): void {
  if (kind === 'dismissal') sent.delete(key);
  if (kind === 'dismissal' || kind === 'clearance' || kind === 'relief') alerted.delete(key);
}

/** How a notification ended; `null` while it stays: it goes back to its place unless something newer waits there. */
export function outcomeOf(
  traffic: Traffic,
  notification: Notification,
  failure: Failure | null,
): Outcome | null {
  const { lanes, simplified, since } = traffic;
  if (failure === null) {
    markGone(traffic, notification);
    return 'accepted';
  }
  if (failure.kind === 'rejected' && (simplified.has(notification) || notification.kind === 'progress'))
    return 'refused';
  if (failure.kind === 'rejected') simplified.add(notification);
  if (isSuperseded(lanes, notification)) {
    const newer = lanes[notification.kind].get(notification.key);
    // Nothing of this card has arrived: it waits as long as before.
    if (newer !== undefined) since.set(newer, since.get(notification) ?? traffic.now());
    return 'superseded';
  }
  put(lanes, notification);
  return null;
}

/** Notes that something of a torrent arrived, or did not. */
export function markSent({ lastAt, now }: Traffic, key: string): void {
  const at = now();
  for (const [other, time] of lastAt) {
    if (at - time < SPACING && time <= at) break;
    lastAt.delete(other);
  }
  lastAt.delete(key);
  lastAt.set(key, at);
}
