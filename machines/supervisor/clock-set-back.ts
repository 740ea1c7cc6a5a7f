import type { TorrentRecord } from '../domain.ts';

/** The instants that are not in the future: a sound in the future must not silence others. */
export const withoutFuture = (
  instants: Readonly<Record<string, number>>,
  now: number,
): Record<string, number> => Object.fromEntries(Object.entries(instants).filter(([, at]) => at <= now));

/** A stored record with no instant in the future: the clock was set back since it was written. */
export function asOfNow(record: TorrentRecord, now: number): TorrentRecord {
  const { shown, since, sounded, finishHookAt } = record;
  const estimate = shown?.estimate;
  return {
    ...record,
    since: Math.min(since, now),
    sounded: withoutFuture(sounded, now),
    finishHookAt: finishHookAt === null ? null : Math.min(finishHookAt, now),
    ...(shown !== null && estimate !== undefined
      ? { shown: { ...shown, estimate: { ...estimate, at: Math.min(estimate.at, now) } } }
      : {}),
  };
}
