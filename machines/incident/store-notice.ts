import type { Notification, Outcome, RequestedNotification } from '../domain.ts';

/** What the store says of itself. */
export type StoreReport =
  /** The state is only in memory. */
  | { type: 'store.degraded'; problem: string }
  /** Its file was damaged or gone, and was written anew: the state is kept, some of it may be lost. */
  | { type: 'store.repaired'; problem: string }
  | { type: 'store.restored' };

/** What is known of the store's card: the services that would know it may be restarted. */
export interface StoreCard {
  /** What ntfy has not accepted yet. */
  pending: RequestedNotification | null;
  /** It is on the phone. */
  shown: boolean;
}

export const NO_CARD: StoreCard = { pending: null, shown: false };

/** What is known of it after a notification ended. */
export function settleCard(
  before: StoreCard,
  { notification: { id, kind, key }, outcome }: { notification: RequestedNotification; outcome: Outcome },
): StoreCard {
  if (key !== 'store' || outcome !== 'accepted') return before;
  return { pending: before.pending?.id === id ? null : before.pending, shown: kind === 'incident' };
}

/** The card for a report; all of them take each other's place. `shown`: there may be one on the phone. */
export function storeNotice(report: StoreReport, shown: boolean): Notification {
  if (report.type === 'store.restored') return { kind: 'relief', key: 'store', shown };
  const { type, problem: message } = report;
  const failure = { kind: 'protocol', message } as const;
  return {
    kind: 'incident',
    key: 'store',
    failure: type === 'store.repaired' ? { ...failure, reason: 'state-repaired' } : failure,
  };
}
