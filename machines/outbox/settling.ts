import type { Failure, Form, Notification, Outcome, RequestedNotification } from '../domain.ts';
import { afterAcceptance, cardOf, consequenceOfFailure } from './attempts.ts';
import type { AttemptLog, Attempts, Consequence } from './attempts.ts';
import { inPlaceOf, isSuperseded, placeOf, put } from './lanes.ts';
import { isTopicRefusal } from './topics.ts';
import { markGone, putInLane } from './traffic.ts';
import type { Traffic } from './traffic.ts';

/** The form in which a notification is sent now. */
export const formOf = ({ attempts }: Traffic, notification: Notification): Form =>
  attempts.get(cardOf(notification.kind, placeOf(notification)))?.form ?? 'full';

/** What follows a failure of this notification; changes nothing. */
export function consequenceFor(traffic: Traffic, notification: Notification, failure: Failure) {
  const { attempts, accepted, policy, now, topics } = traffic;
  const { kind } = notification;
  const before = attempts.get(cardOf(kind, placeOf(notification)));
  if (isTopicRefusal(topics, failure)) return { consequence: 'topic', attempts: before ?? null } as const;
  return consequenceOfFailure({ kind, failure, before, accepted, now: now(), retryMax: policy.retryMax });
}

/** The result of a message. */
export interface Settlement {
  /** `null` if it is sent again: it returns to its lane unless a newer one waits there. */
  outcome: Outcome | null;
  consequence: Consequence | 'accepted';
}

/** Records the result of a message. */
export function settle(
  traffic: Traffic,
  notification: RequestedNotification,
  failure: Failure | null,
): Settlement {
  const settlement = settleMessage(traffic, notification, failure);
  if (settlement.outcome !== null) traffic.since.delete(notification.id);
  return settlement;
}

function settleMessage(
  traffic: Traffic,
  notification: RequestedNotification,
  failure: Failure | null,
): Settlement {
  const { lanes, attempts } = traffic;
  const { kind } = notification;
  const place = placeOf(notification);
  if (failure === null) {
    recordAttempts(attempts, notification, afterAcceptance(kind, attempts.get(cardOf(kind, place))));
    markGone(traffic, notification);
    return { outcome: 'accepted', consequence: 'accepted' };
  }
  const { consequence, attempts: known } = consequenceFor(traffic, notification, failure);
  const isStale = isSuperseded(lanes, notification);
  const isReplaced = lanes[kind].has(place);
  recordAttempts(attempts, notification, isStale && !isReplaced && kind !== 'progress' ? null : known);
  if (isStale) return { outcome: supersede(traffic, notification), consequence };
  if (consequence !== 'dropped') {
    putInLane(traffic, notification);
    return { outcome: null, consequence };
  }
  markGone(traffic, notification);
  return { outcome: 'refused', consequence };
}

function recordAttempts(log: AttemptLog, notification: Notification, known: Attempts | null): void {
  const card = cardOf(notification.kind, placeOf(notification));
  if (known === null) log.delete(card);
  else log.set(card, known);
}

function supersede({ lanes, since, now }: Traffic, notification: RequestedNotification): Outcome {
  const newer = lanes[notification.kind].get(placeOf(notification));
  if (newer === undefined) return 'superseded';
  // No message of this card was accepted: the newer one keeps its waiting time, its sound and its answer.
  since.set(newer.id, since.get(notification.id) ?? now());
  put(lanes, inPlaceOf(notification, newer));
  return 'superseded';
}
