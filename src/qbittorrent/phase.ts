import type { Phase } from '../../machines/domain.ts';

/** qBittorrent's states from 4.1 to 5.3, by its `serialize_torrent.cpp`. */
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
 * What a state means. `checkingResumeData`, `allocating` and every state to come are `unknown`: decide nothing.
 *
 * @param size bytes that are wanted: a torrent of which no file is selected has a finished state, too
 */
export function phaseOf(state: string, size: number): Phase {
  const phase = Object.hasOwn(PHASES, state) ? (PHASES[state] ?? 'unknown') : 'unknown';
  return phase === 'complete' && size === 0 ? 'unselected' : phase;
}
