import type { TorrentRecord } from '../domain.ts';

/** The instants that do not lie in the future: a sound that nobody can have heard yet makes no other one silent. */
export const withoutFuture = (
  instants: Readonly<Record<string, number>>,
  now: number,
): Record<string, number> => Object.fromEntries(Object.entries(instants).filter(([, at]) => at <= now));

/** A stored record with no instant in the future: the clock was set back since it was written. */
export function asOfNow(record: TorrentRecord, now: number): TorrentRecord {
  const { told, since, sounded, finishHookAt } = record;
  const estimate = told?.estimate;
  return {
    ...record,
    since: Math.min(since, now),
    sounded: withoutFuture(sounded, now),
    finishHookAt: finishHookAt === null ? null : Math.min(finishHookAt, now),
    ...(told !== null && estimate !== undefined
      ? { told: { ...told, estimate: { ...estimate, at: Math.min(estimate.at, now) } } }
      : {}),
  };
}
