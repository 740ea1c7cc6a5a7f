import type {
  Notification,
  NotificationId,
  Now,
  Outcome,
  RequestedNotification,
  CardState,
} from '../domain.ts';
import type { Policy } from '../policy.ts';
import { cardOf, isRejected, isUntried, waitOf } from './attempts.ts';
import type { AttemptLog } from './attempts.ts';
import { createBudget, isScarce, refill, waitForToken } from './budget.ts';
import type { Budget } from './budget.ts';
import { createLanes, isUrgent, leastImportant, next, put, SUPERSEDES } from './lanes.ts';
import type { Lane, Lanes, Next } from './lanes.ts';
import { isCorrection, passesMilestone } from '../torrent/progress.ts';

/** ntfy orders messages by the second: closer together, two of one card may arrive reversed. */
const CARD_SPACING = 1100;
const SLOTS = ['publish.0', 'publish.1', 'publish.2', 'publish.3'] as const;

/** What waits, what is in flight, and what may be sent when. */
export interface Traffic {
  policy: Policy;
  now: Now;
  lanes: Lanes;
  /** By slot; at most one per torrent. */
  inFlight: Map<string, RequestedNotification>;
  /** The last progress that was sent for each torrent, accepted or not: its card may have to be deleted. */
  sent: Map<string, CardState>;
  /** Keys whose alert or incident was sent, accepted or not. */
  alerted: Set<string>;
  /** The cards whose messages fail. */
  attempts: AttemptLog;
  /** How many messages ntfy has accepted. */
  accepted: number;
  /** Failures of the server since it last accepted a message. */
  failures: number;
  /** When each waiting or sent notification was requested, in milliseconds since 1970. */
  since: Map<NotificationId, number>;
  /** When a message of each torrent was last sent; only within the spacing. */
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

/** Adds a notification. One that replaces another keeps its waiting time. */
export function enqueueNotification(traffic: Traffic, notification: RequestedNotification): void {
  const { lanes, since, now, attempts } = traffic;
  const { id, kind, key } = notification;
  const before = lanes[kind].get(key);
  const at = (before && since.get(before.id)) ?? now();
  for (const lane of SUPERSEDES[kind]) {
    // The attempts of a progress card are kept until the card is deleted.
    if (lane !== kind && lane !== 'progress') attempts.delete(cardOf(lane, key));
  }
  putInLane(traffic, notification);
  since.set(id, at);
}

/** Puts a notification in its lane, and ends the wait of those that it supersedes. */
export function putInLane({ lanes, since }: Traffic, notification: RequestedNotification): void {
  const { id, kind, key } = notification;
  for (const lane of SUPERSEDES[kind]) {
    const superseded = lanes[lane].get(key);
    if (superseded !== undefined && superseded.id !== id) since.delete(superseded.id);
  }
  put(lanes, notification);
}

/** When the longest-waiting notification was requested, in milliseconds since 1970; `null` for none. */
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

/** What may be sent next, by budget, free slots, and the age and pause of each card. */
export function upcoming(traffic: Traffic): Next | null {
  const { lanes, inFlight, budget, now, live, failures, attempts } = traffic;
  // One at a time until the first answer shows a recent server: 2.11 answers 500 to concurrent publishes (measured).
  // Also after a failure: the next message shows whether the server is the cause.
  if (inFlight.size >= (live === true && failures === 0 ? SLOTS.length : 1)) return null;
  const busy = new Set([...inFlight.values()].map(({ key }) => key));
  const refilled = refill(budget, now());
  const laneWait = (lane: Lane) => waitForToken(refilled, isUrgent(lane));
  const cardWait = (key: string, lane: Lane) => {
    if (busy.has(key)) return Infinity;
    const wait = waitOfCard(traffic, key, lane);
    // A rejected completion does not wait for the next day.
    return isRejected(attempts, lane, key)
      ? Math.max(wait, waitForToken({ ...refilled, day: null }, false))
      : wait;
  };
  const probing = failures === 0 ? null : probe(traffic, laneWait, cardWait);
  return probing ?? next(lanes, laneWait, cardWait);
}

/** Whether a message may use the reserved tokens; one that was rejected before may not. */
export const takesReserve = ({ attempts }: Traffic, { kind, key }: Notification): boolean =>
  isUrgent(kind) && !isRejected(attempts, kind, key);

/** Whether a message is in flight, or a completion may be sent within so many milliseconds. */
export function isLeaving(traffic: Traffic, within: number): boolean {
  const { inFlight, lanes } = traffic;
  const isSoon = (key: string) => waitOfCard(traffic, key, 'completion') <= within;
  return inFlight.size > 0 || [...lanes.completion.keys()].some(isSoon);
}

function waitOfCard({ attempts, accepted, lastAt, now }: Traffic, key: string, lane: Lane): number {
  const at = now();
  const own = waitOf(attempts.get(cardOf(lane, key)), accepted, at);
  // A completion is a new card: it waits for no other.
  if (lane === 'completion') return own;
  return Math.max(own, CARD_SPACING - Math.abs(at - (lastAt.get(key) ?? -Infinity)));
}

/**
 * A message that has not failed yet shows whether the server is the cause of failures. First the next in order; from the
 * second failure on, the newest of the least important lane, so that many rejected completions do not have to fail one by
 * one before another message is tried.
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
 * The outcome of a notification that is not sent; `null` if it is sent. Not sent are: progress between two milestones,
 * where each message would be a separate card; a corrected estimate, with a small daily quota; the deletion of a card
 * that does not exist, or that this ntfy cannot delete.
 */
export function skipped(traffic: Traffic, notification: Notification): Outcome | null {
  const { live, policy, sent, alerted, budget } = traffic;
  const { kind, key } = notification;
  switch (kind) {
    case 'completion':
    case 'alert':
    case 'incident':
    case 'quiet-digest':
      return null;
    case 'incident-resolved':
      return alerted.has(key) || notification.shown ? null : 'accepted';
    case 'alert-clear':
      return live !== false && (alerted.has(key) || notification.shown !== null) ? null : 'accepted';
    case 'card-delete': {
      const hasCard = sent.has(key) || notification.shown || alerted.has(key) || notification.alerted;
      return live !== false && hasCard ? null : 'accepted';
    }
    case 'progress': {
      const thinned = policy.progress === 'milestones' || (policy.progress === 'auto' && live === false);
      const last = sent.get(key) ?? notification.shown;
      const { card } = notification;
      if (isScarce(budget) && isCorrection(last, card)) return 'superseded';
      return thinned && !passesMilestone(last, card) ? 'superseded' : null;
    }
  }
}

/**
 * A notification as it is sent: a card deletion includes the alert whose deletion it superseded.
 */
export function asSent({ alerted }: Traffic, notification: Notification): Notification {
  if (notification.kind !== 'card-delete') return notification;
  return { ...notification, alerted: notification.alerted || alerted.has(notification.key) };
}

/** Records that a notification was sent, accepted or not. */
export function markLeaving({ sent, alerted }: Traffic, notification: Notification): void {
  const { kind, key } = notification;
  if (kind === 'progress') sent.set(key, notification.card);
  if (kind === 'alert' || kind === 'incident') alerted.add(key);
}

/** Records that a card is deleted, or that there was none. */
export function markGone({ sent, alerted, attempts }: Traffic, { kind, key }: Notification): void {
  if (kind === 'card-delete') {
    sent.delete(key);
    attempts.delete(cardOf('progress', key));
  }
  if (kind === 'card-delete' || kind === 'alert-clear' || kind === 'incident-resolved') alerted.delete(key);
}

/** Records when a message of a torrent was settled. */
export function markSent({ lastAt, now }: Traffic, key: string): void {
  const at = now();
  for (const [other, time] of lastAt) {
    if (at - time < CARD_SPACING && time <= at) break;
    lastAt.delete(other);
  }
  lastAt.delete(key);
  lastAt.set(key, at);
}
