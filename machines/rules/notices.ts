import type { Notification } from '../types.ts';

/** What the store says of itself. */
export type StoreReport =
  /** The state is only in memory. */
  | { type: 'store.degraded'; problem: string }
  /** Its file was damaged or gone, and was written anew: the state is kept, some of it may be lost. */
  | { type: 'store.repaired'; problem: string }
  | { type: 'store.restored' };

/** The card for it; all of them take each other's place. */
export function storeNotice(report: StoreReport): Notification {
  if (report.type === 'store.restored') return { kind: 'relief', key: 'store', shown: false };
  const { type, problem: message } = report;
  const failure = { kind: 'protocol', message } as const;
  return {
    kind: 'incident',
    key: 'store',
    failure: type === 'store.repaired' ? { ...failure, reason: 'state-repaired' } : failure,
  };
}
