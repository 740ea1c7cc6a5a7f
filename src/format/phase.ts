import type { Phase } from '../../machines/domain.ts';

/** The label of each phase, on cards and on the page. */
export const PHASE_LABELS: Readonly<Record<Phase, string>> = {
  downloading: 'Downloading',
  metadata: 'Fetching metadata',
  queued: 'Queued',
  stalled: 'Stalled: no data',
  stopped: 'Stopped',
  unselected: 'No files selected',
  checking: 'Checking files',
  moving: 'Moving files',
  failed: 'Error: see qBittorrent',
  complete: 'Complete',
  unknown: 'Waiting for the first poll',
};
