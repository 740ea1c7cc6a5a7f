/** The labels of a torrent on the page. */
import type { Alert, Phase } from '../../machines/domain.ts';
import type { Ruling, TorrentStatus } from '../app/status.ts';
import { formatPercent } from '../format/number.ts';
import { PHASE_LABELS } from '../format/phase.ts';

/** Colours a row or a card: active, waiting, finished, or in need of attention. */
export type Tone = 'moving' | 'waiting' | 'done' | 'warn' | 'bad';

interface Label {
  text: string;
  tone: Tone;
}

const PHASE_TONES: Readonly<Record<Phase, Tone>> = {
  downloading: 'moving',
  metadata: 'waiting',
  queued: 'waiting',
  stalled: 'warn',
  stopped: 'waiting',
  unselected: 'waiting',
  checking: 'moving',
  moving: 'moving',
  failed: 'bad',
  complete: 'done',
  unknown: 'waiting',
};

/** For states of the actor that the phase does not describe. */
const STATES: Readonly<Record<string, Label>> = {
  restarting: { text: 'Crashed in the sidecar, restarting', tone: 'bad' },
  login: { text: 'Waiting for qBittorrent', tone: 'waiting' },
  'notifying.completion': { text: 'Complete, notifying the phone', tone: 'done' },
  'notifying.cardDeletion': { text: 'Complete, deleting its card', tone: 'done' },
  'notifying.removalNotice': { text: 'Removed, notifying the phone', tone: 'done' },
  'notifying.removal': { text: 'Removed, deleting its card', tone: 'done' },
  'clearing.complete': { text: 'Complete, deleting its card', tone: 'done' },
  'clearing.removed': { text: 'Removed, deleting its card', tone: 'done' },
  complete: { text: 'Complete', tone: 'done' },
  removed: { text: 'Removed', tone: 'done' },
};

/** A healthy download has polls without data: it is labelled "stalled" once its card or alert is. */
const WAITING_FOR_DATA: Label = { text: 'Waiting for data', tone: 'waiting' };

type Activity = Pick<TorrentStatus, 'state' | 'phase' | 'showing' | 'alert'>;

/** What a torrent is doing. */
export function stateLabel({ state, phase, showing, alert }: Activity): Label {
  const isWaiting = phase === 'stalled' && showing !== 'stalled' && alert !== 'stalled';
  const label = { text: PHASE_LABELS[phase], tone: PHASE_TONES[phase] };
  return STATES[state] ?? (isWaiting ? WAITING_FOR_DATA : label);
}

const CARD_PHASES: Partial<Record<Phase, string>> = {
  metadata: 'Fetching metadata',
  queued: 'Queued',
  stalled: 'Stalled',
  stopped: 'Stopped',
  unselected: 'No files selected',
  checking: 'Checking',
  moving: 'Moving',
  failed: 'Error',
};

const ALERTS: Readonly<Record<Alert, string>> = {
  stalled: 'stalled',
  metadata: 'no metadata',
  failed: 'error',
  crashing: 'tracking fails',
};

type OnPhone = Pick<
  TorrentStatus,
  'shown' | 'showing' | 'summarized' | 'alert' | 'alertShared' | 'mutedPercent' | 'ruling'
>;

/** Which card stands for a torrent, with its alert or state and percent; or why none does. */
export function phoneLabel(
  { shown, showing, summarized, alert, alertShared, mutedPercent, ruling }: OnPhone,
  locale?: string,
): Label {
  if (mutedPercent !== undefined)
    return { text: `Muted at ${formatPercent(mutedPercent, locale)}`, tone: 'waiting' };
  const phase = showing === null ? undefined : CARD_PHASES[showing];
  const percent = shown === null ? 'no card' : formatPercent(shown, locale);
  if (summarized && alert === null) return { text: 'In the summary', tone: 'moving' };
  if (alert !== null) {
    const kind = alertShared === true ? 'Shared alert' : 'Alert';
    return { text: `${kind}: ${ALERTS[alert]}, ${percent}`, tone: 'warn' };
  }
  if (shown === null)
    return { text: isExcluded(ruling) ? 'No card, by its rule' : 'No card', tone: 'waiting' };
  return { text: phase === undefined ? percent : `${phase}, ${percent}`, tone: 'moving' };
}

/** Whether its rule, or the settings of its topic, send no progress. */
const isExcluded = (ruling: Ruling | null): boolean =>
  ruling !== null && ruling.rule !== null && ruling.decided && !ruling.send.includes('progress');

/** Which rule applies to a torrent, and why. */
export function ruleLabel({ rule, matched, decided }: Ruling): string {
  const open = decided ? '' : '; not decided before the metadata';
  if (rule === null) return `no rule matches${open}`;
  const why = matched.length === 0 ? 'it matches every torrent' : `by ${matched.join(', ')}`;
  return `${rule} (${why}${open})`;
}

/** Which notifications are sent. Until the rule is decided, only alerts. */
export const sentLabel = ({ send, decided }: Ruling): string =>
  decided ? send.join(', ') || 'nothing' : 'alerts';
