/** What states are called on the page. */
import type { Alert, Phase } from '../../machines/domain.ts';
import type { TorrentStatus } from '../app/status.ts';

/** How something stands: it moves, waits, has an end, or needs a person. */
export type Tone = 'moving' | 'waiting' | 'done' | 'warn' | 'bad';

interface Said {
  words: string;
  tone: Tone;
}

const PHASES: Readonly<Record<Phase, Said>> = {
  downloading: { words: 'Downloading', tone: 'moving' },
  metadata: { words: 'Fetching metadata', tone: 'waiting' },
  queued: { words: 'Queued', tone: 'waiting' },
  stalled: { words: 'Stalled: nobody sends', tone: 'warn' },
  stopped: { words: 'Stopped', tone: 'waiting' },
  unselected: { words: 'No files selected', tone: 'waiting' },
  checking: { words: 'Checking files', tone: 'moving' },
  moving: { words: 'Moving files', tone: 'moving' },
  failed: { words: 'Error: see qBittorrent', tone: 'bad' },
  complete: { words: 'Complete', tone: 'done' },
  unknown: { words: 'Not seen yet', tone: 'waiting' },
};

const STATES: Readonly<Record<string, Said>> = {
  restarting: { words: 'Crashed here, starting again', tone: 'bad' },
  login: { words: 'Waiting for qBittorrent', tone: 'waiting' },
  'notifying.completion': { words: 'Complete, telling the phone', tone: 'done' },
  'notifying.dismissal': { words: 'Complete, tidying up', tone: 'done' },
  'notifying.withdrawal': { words: 'Removed, tidying up', tone: 'done' },
  complete: { words: 'Complete', tone: 'done' },
  removed: { words: 'Removed', tone: 'done' },
};

/** A tick without data is what healthy downloads have: "stalled" is said when the phone says it. */
const PAUSING: Said = { words: 'Waiting for data', tone: 'waiting' };

type Doing = Pick<TorrentStatus, 'state' | 'phase' | 'showing' | 'alert'>;

/** What a torrent is doing; that it tells the phone meanwhile is on its chart. */
export function saidOf({ state, phase, showing, alert }: Doing): Said {
  const isPausing = phase === 'stalled' && showing !== 'stalled' && alert !== 'stalled';
  return STATES[state] ?? (isPausing ? PAUSING : PHASES[phase]);
}

const SHOWING: Partial<Record<Phase, string>> = {
  metadata: 'fetching metadata',
  queued: 'queued',
  stalled: 'stalled',
  stopped: 'stopped',
  unselected: 'no files selected',
  checking: 'checking',
  moving: 'moving',
  failed: 'error',
};

const ALERTS: Readonly<Record<Alert, string>> = {
  stalled: 'stalled for long',
  metadata: 'no metadata',
  failed: 'error',
  crashing: 'following fails',
};

/** What the phone shows of a torrent now. */
export function phoneOf({ shown, showing, alert }: Pick<TorrentStatus, 'shown' | 'showing' | 'alert'>): Said {
  const card = shown === null ? 'no card yet' : `${shown}%`;
  if (alert !== null) return { words: `${card}, alert: ${ALERTS[alert]}`, tone: 'warn' };
  const phase = showing === null ? undefined : SHOWING[showing];
  const words = phase === undefined ? card : `${card}, ${phase}`;
  return { words, tone: shown === null ? 'waiting' : 'moving' };
}
