import type { Phase } from '../../machines/domain.ts';

/** The states of qBittorrent 4.1 to 5.3 (`serialize_torrent.cpp`). */
const PHASES: Readonly<Record<string, Phase>> = {
  metaDL: 'metadata',
  forcedMetaDL: 'metadata',
  queuedDL: 'queued',
  downloading: 'downloading',
  forcedDL: 'downloading',
  stalledDL: 'stalled',
  pausedDL: 'stopped',
  stoppedDL: 'stopped',
  checkingDL: 'checking',
  checkingUP: 'checking',
  queuedForChecking: 'checking',
  moving: 'moving',
  missingFiles: 'failed',
  error: 'failed',
  uploading: 'complete',
  stalledUP: 'complete',
  queuedUP: 'complete',
  forcedUP: 'complete',
  pausedUP: 'complete',
  stoppedUP: 'complete',
};

/**
 * The phase of a state. `checkingResumeData`, `allocating` and future states are `unknown`, which decides nothing.
 *
 * @param size selected bytes: a torrent without selected files has a finished state, too
 */
export function phaseOf(state: string, size: number): Phase {
  const phase = Object.hasOwn(PHASES, state) ? (PHASES[state] ?? 'unknown') : 'unknown';
  return phase === 'complete' && size === 0 ? 'unselected' : phase;
}
