import type {
  Notification,
  NotificationId,
  Now,
  Outcome,
  RequestedNotification,
  CardState,
} from '../domain.ts';
import type { Policy } from '../policy.ts';
import { cardOf, isRejected } from './attempts.ts';
import type { AttemptLog } from './attempts.ts';
import { createBudget, refill, waitForToken } from './budget.ts';
import type { Budget } from './budget.ts';
import { createLanes, isUrgent, next, placeOf, put, supersededBy, inPlaceOf } from './lanes.ts';
import type { Lanes, Next } from './lanes.ts';
import { isLeftOut } from './thinning.ts';
import { routeOf } from '../routing/routed.ts';
import { NO_RULES } from '../routing/rules.ts';
import type { TopicRules } from '../routing/topic-policy.ts';
import { DEFAULT_ROUTE } from '../routing/types.ts';
import { isInSummary } from '../summary/board.ts';
import type { SummaryBoard } from '../summary/board.ts';
import { createTopics } from './topics.ts';
import type { Topics } from './topics.ts';
import type { OutboxInput } from './types.ts';
import { CARD_SPACING, probe, waitOfCard } from './waiting.ts';

const SLOTS = ['publish.0', 'publish.1', 'publish.2', 'publish.3'] as const;

/** What waits, what is in flight, and what may be sent when. */
export interface Traffic {
  policy: Policy;
  /** The settings of the topics. */
  rules: TopicRules;
  now: Now;
  lanes: Lanes;
  /** By slot; at most one per torrent. */
  inFlight: Map<string, RequestedNotification>;
  /** The last progress that was sent in each place, accepted or not: its card may have to be deleted. */
  sent: Map<string, CardState>;
  /** Places where an alert, an incident or a digest of alerts was sent, accepted or not. */
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
  topics: Topics;
  /** Which topics have a summary in place of progress cards; `null`: there can be none. */
  summary: SummaryBoard | null;
}

type TrafficInput = Pick<OutboxInput, 'policy' | 'now' | 'refused' | 'rules' | 'summary'>;

export function createTraffic({ policy, now, refused, rules = NO_RULES, summary }: TrafficInput): Traffic {
  return {
    policy,
    rules,
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
    topics: createTopics(refused),
    summary: summary ?? null,
  };
}

/** Adds a notification. One that replaces another keeps its waiting time. */
export function enqueueNotification(traffic: Traffic, notification: RequestedNotification): void {
  const { lanes, since, now, attempts, topics } = traffic;
  const { id, kind } = notification;
  const place = placeOf(notification);
  if (routeOf(notification) !== DEFAULT_ROUTE) topics.hasSeveral = true;
  const before = lanes[kind].get(place);
  const at = (before && since.get(before.id)) ?? now();
  for (const lane of supersededBy(notification)) {
    // The attempts of a progress card are kept until the card is deleted.
    if (lane !== kind && lane !== 'progress') attempts.delete(cardOf(lane, place));
  }
  putInLane(traffic, inPlaceOf(before, notification));
  since.set(id, at);
}

/** Puts a notification in its lane, and ends the wait of those that it supersedes. */
export function putInLane({ lanes, since }: Traffic, notification: RequestedNotification): void {
  const place = placeOf(notification);
  for (const lane of supersededBy(notification)) {
    const superseded = lanes[lane].get(place);
    if (superseded !== undefined && superseded.id !== notification.id) since.delete(superseded.id);
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
  const budgetWait = (notification: RequestedNotification) => waitForToken(refilled, isUrgent(notification));
  const cardWait = (notification: RequestedNotification) => {
    const { key, kind } = notification;
    if (busy.has(key)) return Infinity;
    const wait = waitOfCard(traffic, notification);
    // A rejected completion does not wait for the next day.
    return isRejected(attempts, kind, placeOf(notification))
      ? Math.max(wait, waitForToken({ ...refilled, day: null }, false))
      : wait;
  };
  const probing = failures === 0 ? null : probe(traffic, budgetWait, cardWait);
  return probing ?? next(lanes, budgetWait, cardWait);
}

/** Whether a message may use the reserved tokens; one that was rejected before may not. */
export const takesReserve = ({ attempts }: Traffic, notification: Notification): boolean =>
  isUrgent(notification) && !isRejected(attempts, notification.kind, placeOf(notification));

/** Whether a message is in flight, or a completion or digest may be sent within so many milliseconds. */
export function isLeaving(traffic: Traffic, within: number): boolean {
  const { inFlight, lanes } = traffic;
  if (inFlight.size > 0) return true;
  return [...lanes.completion.values(), ...lanes.digest.values()].some(
    (waiting) => waitOfCard(traffic, waiting) <= within,
  );
}

/**
 * The outcome of a notification that is not sent; `null` if it is sent. Not sent are: progress that its topic leaves out;
 * a summary where there is none any more; the deletion of a card that does not exist, or that this ntfy cannot delete.
 */
export function skipped(traffic: Traffic, notification: Notification): Outcome | null {
  const { live, sent, alerted, summary } = traffic;
  const place = placeOf(notification);
  switch (notification.kind) {
    case 'completion':
    case 'alert':
    case 'incident':
    case 'added':
    case 'removed':
      return null;
    case 'digest':
      return notification.resolved === undefined || alerted.has(place) || notification.resolved.shown
        ? null
        : 'accepted';
    case 'incident-resolved':
      return alerted.has(place) || notification.shown ? null : 'accepted';
    case 'alert-clear': {
      const hasCard = alerted.has(place) || notification.shown !== null || notification.moved === true;
      return live !== false && hasCard ? null : 'accepted';
    }
    case 'card-delete': {
      const hasCard = sent.has(place) || notification.shown || alerted.has(place) || notification.alerted;
      return live !== false && hasCard ? null : 'accepted';
    }
    case 'summary':
      return summary === null || isInSummary(summary, routeOf(notification)) ? null : 'superseded';
    case 'summary-delete':
      return live === false ? 'accepted' : null;
    case 'progress':
      return isLeftOut(traffic, notification) ? 'superseded' : null;
  }
}

/**
 * A notification as it is sent: a card deletion includes the alert whose deletion it superseded.
 */
export function asSent({ alerted }: Traffic, notification: Notification): Notification {
  if (notification.kind !== 'card-delete' || notification.moved === true) return notification;
  return { ...notification, alerted: notification.alerted || alerted.has(placeOf(notification)) };
}

/** Whether it is a digest of alerts, which has an all-clear. */
const isOfAlerts = (notification: Notification): boolean =>
  notification.kind === 'digest' && notification.about !== 'completions' && notification.about !== 'quiet';

/** Records that a notification was sent, accepted or not. */
export function markLeaving({ sent, alerted }: Traffic, notification: Notification): void {
  const { kind } = notification;
  if (kind === 'progress') sent.set(placeOf(notification), notification.card);
  if (kind === 'alert' || kind === 'incident' || isOfAlerts(notification)) alerted.add(placeOf(notification));
}

/** Records that a card is deleted, or that there was none. */
export function markGone({ sent, alerted, attempts }: Traffic, notification: Notification): void {
  const { kind } = notification;
  const place = placeOf(notification);
  if (kind === 'card-delete') {
    sent.delete(place);
    attempts.delete(cardOf('progress', place));
    if (notification.moved === true) return;
  }
  if (kind === 'card-delete' || kind === 'alert-clear' || kind === 'incident-resolved') alerted.delete(place);
  if (kind === 'digest' && notification.resolved !== undefined) alerted.delete(place);
  if (kind === 'summary-delete') attempts.delete(cardOf('summary', place));
}

/** Forgets the attempts and the waiting time of a notification that is not sent to its topic. */
export function forget({ attempts, since }: Traffic, notification: RequestedNotification): void {
  attempts.delete(cardOf(notification.kind, placeOf(notification)));
  since.delete(notification.id);
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
