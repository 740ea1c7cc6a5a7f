/** The incident card of qBittorrent, where cards have buttons: it is held for a moment, and shows answers. */
import type { Failure, Notification, Outcome } from '../domain.ts';
import type { CardAnswer } from '../remote/types.ts';
import type { IncidentReport } from './machine.ts';

export type IncidentNotification = IncidentReport['notification'];

/**
 * Why nothing about the incident is sent now:
 * - `support`: it is not known yet whether the card can have a button
 * - `press`: ntfy's app would show the card of before once more
 * - `login`: a login has failed, and more may follow from it
 */
export type HoldReason = 'support' | 'press' | 'login';

export interface IncidentCard {
  /** What the card shows; `null`: there is none. */
  failure: Failure | null;
  /** ntfy has accepted it: further ones make no sound. */
  isAccepted: boolean;
  /** `null`: nothing is held. */
  heldFor: HoldReason | null;
  /** What is held; the newest replaces what was held before. */
  held: IncidentNotification | null;
  /** What followed the last press, until the card is sent. */
  answer: CardAnswer | null;
}

export const NO_INCIDENT_CARD: IncidentCard = {
  failure: null,
  isAccepted: false,
  heldFor: null,
  held: null,
  answer: null,
};

/** The card when the incident has changed. */
export const withChange = (before: IncidentCard, notification: IncidentNotification): IncidentCard =>
  notification.kind === 'incident'
    ? { ...before, held: notification, failure: notification.failure }
    : { ...before, held: notification, failure: null, answer: null };

/** What is sent now. */
export interface Released {
  /** The card after that. */
  card: IncidentCard;
  /** `null`: nothing. */
  notification: IncidentNotification | null;
  /** The card that is shown gets another button or an answer: it has made its sound. */
  isUpdate: boolean;
}

/**
 * What is sent when the card is held no longer.
 *
 * @param isButtonDue whether the card that is shown needs another button
 */
export function release(before: IncidentCard, isButtonDue: boolean): Released {
  const { held, failure, answer, isAccepted } = before;
  const isOutdated = failure !== null && (answer !== null || isButtonDue);
  const content = held ?? (isOutdated ? incidentOf(failure) : null);
  return {
    card: { ...before, isAccepted: isAccepted && failure !== null, heldFor: null, held: null, answer: null },
    notification: content?.kind === 'incident' && answer !== null ? { ...content, answer } : content,
    isUpdate: held === null && isAccepted,
  };
}

const incidentOf = (failure: Failure): IncidentNotification => ({
  kind: 'incident',
  key: 'qbittorrent',
  failure,
});

/** The card after a notification was settled. */
export const settleIncidentCard = (
  before: IncidentCard,
  { notification: { kind, key }, outcome }: { notification: Notification; outcome: Outcome },
): IncidentCard =>
  kind === 'incident' && key === 'qbittorrent' && outcome === 'accepted' && before.failure !== null
    ? { ...before, isAccepted: true }
    : before;
