import type { Observation, Phase } from '../domain.ts';

/** Phases of a torrent that downloads or could. */
const DOWNLOADS: ReadonlySet<Phase> = new Set(['downloading', 'stalled']);

/**
 * Whether a torrent in a scan is unfinished. A finished torrent keeps its date while it is checked, moved or in error, and
 * also while it downloads again what a check found damaged.
 */
export function isUnfinished({ phase, progress, finishedAt }: Observation): boolean {
  if (finishedAt === null) return phase !== 'complete';
  return DOWNLOADS.has(phase) && progress < 1;
}
