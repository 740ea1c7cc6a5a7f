import type { Observation, Phase } from '../domain.ts';

/** Phases of a torrent that receives data, or would. */
const DOWNLOADS: ReadonlySet<Phase> = new Set(['downloading', 'stalled']);

/**
 * Whether a torrent that a scan shows has still to be finished. One that was finished once keeps the date while it is
 * checked, moved or broken, and also while it downloads again what a check found damaged.
 */
export function isUnfinished({ phase, progress, finishedAt }: Observation): boolean {
  if (finishedAt === null) return phase !== 'complete';
  return DOWNLOADS.has(phase) && progress < 1;
}
