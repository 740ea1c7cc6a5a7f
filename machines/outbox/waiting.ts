/** How long a message waits for the sake of its card, and which one shows whether the server is the cause of failures. */
import { cardOf, isUntried, waitOf } from './attempts.ts';
import { leastImportant, next, placeOf } from './lanes.ts';
import type { Next } from './lanes.ts';
import { passageOf, waitForTopic } from './topics.ts';
import type { Traffic } from './traffic.ts';
import type { RequestedNotification } from '../domain.ts';

/** ntfy orders messages by the second: closer together, two of one card may arrive reversed. */
export const CARD_SPACING = 1100;

/** Milliseconds until a message may be sent, as far as its card and its topic are concerned. */
export function waitOfCard(traffic: Traffic, notification: RequestedNotification): number {
  const { attempts, accepted, lastAt, now } = traffic;
  const { key, kind } = notification;
  const at = now();
  const wait = waitOf(attempts.get(cardOf(kind, placeOf(notification))), accepted, at);
  const topic = passageOf(traffic, notification) === 'wait' ? waitForTopic(traffic, notification) : 0;
  const own = Math.max(wait, topic);
  // A completion is a new card: it waits for no other.
  if (kind === 'completion') return own;
  return Math.max(own, CARD_SPACING - Math.abs(at - (lastAt.get(key) ?? -Infinity)));
}

/**
 * A message that has not failed yet shows whether the server is the cause of failures. First the next in order; from the
 * second failure on, the newest of the least important lane, so that many rejected completions do not have to fail one by
 * one before another message is tried.
 */
export function probe(
  { lanes, attempts, failures }: Traffic,
  budgetWait: (notification: RequestedNotification) => number,
  cardWait: (notification: RequestedNotification) => number,
): Next | null {
  const isTried = (notification: RequestedNotification) =>
    !isUntried(attempts, notification.kind, placeOf(notification));
  if (failures === 1) {
    const first = next(lanes, budgetWait, (waiting) => (isTried(waiting) ? Infinity : cardWait(waiting)));
    return first?.wait === 0 ? first : null;
  }
  const notification = leastImportant(
    lanes,
    (waiting) => !isTried(waiting) && budgetWait(waiting) === 0 && cardWait(waiting) === 0,
  );
  return notification === null ? null : { notification, wait: 0 };
}
