import type { Notification, Outcome, RequestedNotification } from '../domain.ts';

/** What the store reports about its file. */
export type StoreReport =
  /** The state is only in memory. */
  | { type: 'store.degraded'; problem: string }
  /** Its file was damaged or missing and has been rebuilt: parts of the state may be lost. */
  | { type: 'store.repaired'; problem: string }
  | { type: 'store.restored' };

/** A card of the supervisor, stored by the supervisor because the services can be restarted. */
export interface StoreCard {
  /** The notification that ntfy has not accepted yet. */
  pending: RequestedNotification | null;
  /** Whether the card is on the phone. */
  shown: boolean;
}

export const NO_STORE_CARD: StoreCard = { pending: null, shown: false };

/** A notification that was settled. */
export interface SettledNotification {
  notification: RequestedNotification;
  outcome: Outcome;
}

/** The store's card after a notification was settled. */
export const settleStoreCard = (before: StoreCard, settled: SettledNotification): StoreCard =>
  settled.notification.key === 'store' ? settleCard(before, settled) : before;

/** A card after one of its notifications was settled. */
export function settleCard(
  before: StoreCard,
  { notification: { id, kind }, outcome }: SettledNotification,
): StoreCard {
  if (outcome !== 'accepted') return before;
  return { pending: before.pending?.id === id ? null : before.pending, shown: kind === 'incident' };
}

/** The card for a report; each replaces the one before. `shown`: one may be on the phone. */
export function storeNotice(report: StoreReport, shown: boolean): Notification {
  if (report.type === 'store.restored') return { kind: 'incident-resolved', key: 'store', shown };
  const { type, problem: message } = report;
  const failure = { kind: 'protocol', message } as const;
  return {
    kind: 'incident',
    key: 'store',
    failure: type === 'store.repaired' ? { ...failure, reason: 'state-repaired' } : failure,
  };
}
