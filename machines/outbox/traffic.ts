import type { Notification, NotificationId, Now, Outcome, RequestedNotification, Told } from '../domain.ts';
import type { Policy } from '../policy.ts';
import { cardOf, isRejected, isUntried, waitOf } from './attempts.ts';
import type { AttemptLog } from './attempts.ts';
import { createBudget, isScarce, refill, waitForToken } from './budget.ts';
import type { Budget } from './budget.ts';
import { createLanes, isUrgent, leastImportant, next, put, SUPERSEDES } from './lanes.ts';
import type { Lane, Lanes, Next } from './lanes.ts';
import { isCorrection, passesMilestone } from '../torrent/progress.ts';

/** ntfy orders messages by the second: closer together, two of one card may arrive reversed. */
const SPACING = 1100;
const SLOTS = ['publish.0', 'publish.1', 'publish.2', 'publish.3'] as const;

/** What the outbox knows of what waits, what is on its way and what may leave when. */
export interface Traffic {
  policy: Policy;
  now: Now;
  lanes: Lanes;
  /** By slot; at most one a torrent. */
  inFlight: Map<string, RequestedNotification>;
  /** The progress that was last sent of each torrent, taken or not: whose card may have to go. */
  sent: Map<string, Told>;
  /** Whose alert or incident was sent, taken or not. */
  alerted: Set<string>;
  /** The cards whose messages fail. */
  attempts: AttemptLog;
  /** How many messages ntfy has accepted. */
  accepted: number;
  /** How often the server seemed to be the cause since it last accepted a message. */
  failures: number;
  /** When the wait of each began that waits or is in flight, in milliseconds since 1970. */
  since: Map<NotificationId, number>;
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
    attempts: new Map(),
    accepted: 0,
    failures: 0,
    since: new Map(),
    lastAt: new Map(),
    budget: createBudget(policy.rate, now()),
    live: null,
  };
}

/** Takes a notification in. Whose place it takes has begun its wait. */
export function enter(traffic: Traffic, notification: RequestedNotification): void {
  const { lanes, since, now, attempts } = traffic;
  const { id, kind, key } = notification;
  const before = lanes[kind].get(key);
  const at = (before && since.get(before.id)) ?? now();
  for (const lane of SUPERSEDES[kind]) {
    // What is known of a progress card is of use until the card goes.
    if (lane !== kind && lane !== 'progress') attempts.delete(cardOf(lane, key));
  }
  putInLane(traffic, notification);
  since.set(id, at);
}

/** Puts a notification in its lane; what it supersedes waits no longer. */
export function putInLane({ lanes, since }: Traffic, notification: RequestedNotification): void {
  const { id, kind, key } = notification;
  for (const lane of SUPERSEDES[kind]) {
    const superseded = lanes[lane].get(key);
    if (superseded !== undefined && superseded.id !== id) since.delete(superseded.id);
  }
  put(lanes, notification);
}

/** When the longest wait began of all that ntfy has not taken yet, in milliseconds since 1970; `null` for none. */
export function oldest({ lanes, inFlight, since }: Traffic): number | null {
  let first: number | null = null;
  for (const group of [inFlight, ...Object.values(lanes)]) {
    for (const notification of group.values()) {
      const at = since.get(notification.id);
      if (at !== undefined && (first === null || at < first)) first = at;
    }
  }
  return first;
}

export function freeSlot({ inFlight }: Traffic): string {
  return SLOTS.find((id) => !inFlight.has(id)) ?? SLOTS[0];
}

/** What may leave next, as the budget, the free slots, each card's age and its own pause allow. */
export function upcoming(traffic: Traffic): Next | null {
  const { lanes, inFlight, budget, now, live, failures, attempts } = traffic;
  // Until the first answer shows a new server: 2.11 answers 500 to publishes that come side by side (measured).
  // And one at a time while something is wrong: the next message shows whether it is the server.
  if (inFlight.size >= (live === true && failures === 0 ? SLOTS.length : 1)) return null;
  const busy = new Set([...inFlight.values()].map(({ key }) => key));
  const refilled = refill(budget, now());
  const laneWait = (lane: Lane) => waitForToken(refilled, isUrgent(lane));
  const cardWait = (key: string, lane: Lane) => {
    if (busy.has(key)) return Infinity;
    const wait = waitOfCard(traffic, key, lane);
    // A completion among them does not wait for the next day.
    return isRejected(attempts, lane, key)
      ? Math.max(wait, waitForToken({ ...refilled, day: null }, false))
      : wait;
  };
  const probing = failures === 0 ? null : probe(traffic, laneWait, cardWait);
  return probing ?? next(lanes, laneWait, cardWait);
}

/** Whether a message is urgent news, which may take the last tokens; one that was rejected before is not. */
export const takesReserve = ({ attempts }: Traffic, { kind, key }: Notification): boolean =>
  isUrgent(kind) && !isRejected(attempts, kind, key);

/** Whether something is on its way, or a completion may leave within so many milliseconds. */
export function isLeaving(traffic: Traffic, within: number): boolean {
  const { inFlight, lanes } = traffic;
  const isSoon = (key: string) => waitOfCard(traffic, key, 'completion') <= within;
  return inFlight.size > 0 || [...lanes.completion.keys()].some(isSoon);
}

function waitOfCard({ attempts, accepted, lastAt, now }: Traffic, key: string, lane: Lane): number {
  const at = now();
  const own = waitOf(attempts.get(cardOf(lane, key)), accepted, at);
  // A card that is new waits for no other.
  if (lane === 'completion') return own;
  return Math.max(own, SPACING - Math.abs(at - (lastAt.get(key) ?? -Infinity)));
}

/**
 * What shows whether the server is the cause of failures: a message that has not failed yet. First the next in order;
 * from the second failure on the newest of the least important lane, so that many rejected completions in a row do not
 * have to fail one by one before another message gets its chance.
 */
function probe(
  { lanes, attempts, failures }: Traffic,
  laneWait: (lane: Lane) => number,
  cardWait: (key: string, lane: Lane) => number,
): Next | null {
  if (failures === 1) {
    const isTried = (key: string, lane: Lane) => !isUntried(attempts, lane, key);
    const first = next(lanes, laneWait, (key, lane) => (isTried(key, lane) ? Infinity : cardWait(key, lane)));
    return first?.wait === 0 ? first : null;
  }
  const notification = leastImportant(
    lanes,
    ({ kind, key }) => isUntried(attempts, kind, key) && laneWait(kind) === 0 && cardWait(key, kind) === 0,
  );
  return notification === null ? null : { notification, wait: 0 };
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
export function markGone({ sent, alerted, attempts }: Traffic, { kind, key }: Notification): void {
  if (kind === 'dismissal') {
    sent.delete(key);
    attempts.delete(cardOf('progress', key));
  }
  if (kind === 'dismissal' || kind === 'clearance' || kind === 'relief') alerted.delete(key);
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
