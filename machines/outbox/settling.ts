import type { Failure, Form, Notification, Outcome, RequestedNotification } from '../domain.ts';
import { afterAcceptance, cardOf, verdictOfFailure } from './attempts.ts';
import type { AttemptLog, Attempts, Verdict } from './attempts.ts';
import { isSuperseded } from './lanes.ts';
import { markGone, putInLane } from './traffic.ts';
import type { Traffic } from './traffic.ts';

/** The form in which a notification is sent now. */
export const formOf = ({ attempts }: Traffic, { kind, key }: Notification): Form =>
  attempts.get(cardOf(kind, key))?.form ?? 'full';

/** What a failure of this notification leads to; changes nothing. */
export function verdictFor(traffic: Traffic, notification: Notification, failure: Failure) {
  const { attempts, accepted, policy, now } = traffic;
  const { kind, key } = notification;
  const before = attempts.get(cardOf(kind, key));
  return verdictOfFailure({ kind, failure, before, accepted, now: now(), retryMax: policy.retryMax });
}

/** What became of a notification. */
export interface Settlement {
  /** `null` while it stays: it goes back to its place unless something newer waits there. */
  outcome: Outcome | null;
  verdict: Verdict | 'accepted';
}

/** Notes what became of a notification. One that is settled waits no longer. */
export function settle(
  traffic: Traffic,
  notification: RequestedNotification,
  failure: Failure | null,
): Settlement {
  const settlement = judge(traffic, notification, failure);
  if (settlement.outcome !== null) traffic.since.delete(notification.id);
  return settlement;
}

function judge(traffic: Traffic, notification: RequestedNotification, failure: Failure | null): Settlement {
  const { lanes, attempts } = traffic;
  const { kind, key } = notification;
  if (failure === null) {
    remember(attempts, notification, afterAcceptance(kind, attempts.get(cardOf(kind, key))));
    markGone(traffic, notification);
    return { outcome: 'accepted', verdict: 'accepted' };
  }
  const { verdict, attempts: known } = verdictFor(traffic, notification, failure);
  const isStale = isSuperseded(lanes, notification);
  const isReplaced = lanes[kind].has(key);
  remember(attempts, notification, isStale && !isReplaced && kind !== 'progress' ? null : known);
  if (isStale) return { outcome: supersede(traffic, notification), verdict };
  if (verdict !== 'dropped') {
    putInLane(traffic, notification);
    return { outcome: null, verdict };
  }
  markGone(traffic, notification);
  return { outcome: 'refused', verdict };
}

function remember(log: AttemptLog, { kind, key }: Notification, known: Attempts | null): void {
  if (known === null) log.delete(cardOf(kind, key));
  else log.set(cardOf(kind, key), known);
}

function supersede({ lanes, since, now }: Traffic, notification: RequestedNotification): Outcome {
  const newer = lanes[notification.kind].get(notification.key);
  // Nothing of this card has arrived: it waits as long as before.
  if (newer !== undefined) since.set(newer.id, since.get(notification.id) ?? now());
  return 'superseded';
}
