import type {
  Alert,
  IncidentSource,
  Failure,
  FailureReason,
  Notification,
  Observation,
} from '../../machines/domain.ts';
import { formatMoment, formatTime } from '../format/clock.ts';
import { formatDuration, formatLongDuration, formatSize, progressBar } from '../format/figures.ts';
import { formatNumber, formatPercent } from '../format/number.ts';
import type { FormatOptions } from '../format/options.ts';
import { PHASE_LABELS } from '../format/phase.ts';
import { safeText, torrentName } from '../format/text.ts';
import { averageSpeed } from './fields.ts';
import { digestTitle } from './digest-text.ts';
import { summaryTitle } from './summary-text.ts';

/** While it downloads: percent, speed and ETA. In any other phase: the phase, then the percent. */
export function progressText(
  { torrent: { speed, eta }, card: { percent, phase }, at }: Extract<Notification, { kind: 'progress' }>,
  format: FormatOptions,
): string {
  const progress = `${formatPercent(percent, format.locale)} ${progressBar(percent)}`;
  if (phase !== 'downloading') return `${PHASE_LABELS[phase]}\n${progress}`;
  const time = eta === null ? '' : ` (${formatTime(at / 1000 + eta, at, format)})`;
  return `${progress}\nSpeed: ${formatSize(speed, format)}/s\nETA: ${formatDuration(eta)}${time}`;
}

/** A completion that is sent more seconds than this after the torrent finished also has the time of its finish. */
const LATE_AFTER_SECONDS = 120;

export function completionText(
  { key, torrent, at }: Extract<Notification, { kind: 'completion' }>,
  format: FormatOptions,
): string {
  const { finishedAt } = torrent;
  const lines = [
    `${torrentName(key, torrent.name, 'text')} has finished downloading.`,
    ...completionFigures(torrent, format),
  ];
  if (finishedAt !== null && at / 1000 - finishedAt > LATE_AFTER_SECONDS)
    lines.push(`Finished ${formatMoment(finishedAt, at, format)}.`);
  return lines.join('\n');
}

function completionFigures(torrent: Observation, format: FormatOptions): string[] {
  const { size, duration, ratio } = torrent;
  if (size === 0) return [];
  const speed = averageSpeed(torrent);
  if (speed === null) return [formatSize(size, format)];
  const shared = ratio === null || ratio < 0.1 ? '' : `, ratio ${formatNumber(ratio, 1, format.locale)}`;
  const average = `${formatSize(speed, format)}/s on average`;
  return [`${formatSize(size, format)} in ${formatDuration(duration)}, ${average}${shared}`];
}

/** The size is unknown if there is no metadata after a while. */
export const addedText = (
  { torrent: { size } }: Extract<Notification, { kind: 'added' }>,
  format: FormatOptions,
): string => (size === 0 ? 'Added.' : `Added: ${formatSize(size, format)}`);

export const removedText = (
  { percent }: Extract<Notification, { kind: 'removed' }>,
  { locale }: FormatOptions,
): string => `Removed at ${formatPercent(percent, locale)}.`;

/** After how many milliseconds an alert is sent (`STALLED_AFTER`, `METADATA_AFTER`). */
export interface AlertDelays {
  readonly stalledAfter: number;
  readonly metadataAfter: number;
}

const lasting = (delay: number | undefined): string =>
  delay === undefined ? '' : ` for ${formatLongDuration(delay / 1000)}`;

/** @param delays named in the text if given */
export function alertText(
  { alert, percent }: Extract<Notification, { kind: 'alert' }>,
  delays: AlertDelays | undefined,
  locale: string | undefined,
): string {
  const reached = formatPercent(percent, locale);
  const texts: Record<Alert, string> = {
    stalled: `Stalled at ${reached}: no data${lasting(delays?.stalledAfter)}.`,
    metadata: `No metadata${lasting(delays?.metadataAfter)}: the magnet may have no peers.`,
    failed: `Error at ${reached}: files are missing or the disk is full. See qBittorrent.`,
    crashing: 'Tracking this download keeps failing: retrying less often. See the log of the sidecar.',
  };
  return texts[alert];
}

/** For reasons that need other advice than their kind. */
const ADVICE_BY_REASON: Partial<Record<FailureReason, string>> = {
  'certificate-untrusted': 'Add its authority to NODE_EXTRA_CA_CERTS and restart the sidecar.',
  'certificate-expired': 'Renew the certificate or correct the clock.',
  'certificate-name': 'Use the name that the certificate was issued for.',
  'proxy-login-refused':
    'Correct it and restart the sidecar. The same login is not sent again: qBittorrent could ban this address.',
};

const ADVICE_BY_SOURCE: Partial<Record<IncidentSource, string>> = {
  rules: 'The previous rules stay in force.',
  topic: 'Its completions and alerts arrive on this topic after five minutes.',
};

const ADVICE: Partial<Record<Failure['kind'], string>> = {
  unreachable: 'Downloads are not tracked until it answers.',
  broken: 'Downloads are not tracked until it works again.',
  unauthorized:
    'Correct the setting. Next login: in 10 minutes, or when the password file changes. More attempts would make qBittorrent ban this address.',
  banned: 'The ban ends after an hour by default, or when qBittorrent is restarted.',
};

/** @param source decides the advice */
export function incidentText(
  { kind, message, reason }: Failure,
  source: IncidentSource = 'qbittorrent',
): string {
  const text = safeText(message, 600);
  // The name qBittorrent begins with a small letter everywhere. Some messages are whole sentences already.
  const sentence = `${text.startsWith('qB') ? 'q' : text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.…!?]$/u.test(text) ? '' : '.'}`;
  const advice =
    ADVICE_BY_SOURCE[source] ?? (reason === undefined ? undefined : ADVICE_BY_REASON[reason]) ?? ADVICE[kind];
  return advice === undefined ? sentence : `${sentence}\n${advice}`;
}

/** The title of an incident's card, and of the recovery message that replaces it. */
export function incidentTitle(
  notification: Extract<Notification, { kind: 'incident' | 'incident-resolved' }>,
): string {
  const { key } = notification;
  if (key === 'qbittorrent') return 'qBittorrent';
  if (key === 'rules' || key === 'topic') return TITLES_OF_RULES[key][notification.kind];
  if (notification.kind === 'incident-resolved') return 'State is saved again';
  return notification.failure.reason === 'state-repaired' ? 'State was repaired' : 'State is not saved';
}

const TITLES_OF_RULES = {
  rules: { incident: 'Rules file is invalid', 'incident-resolved': 'Rules file is valid again' },
  topic: { incident: 'A topic is refused', 'incident-resolved': 'All topics work again' },
} as const;

const RECOVERY_TEXTS: Record<IncidentSource, string> = {
  qbittorrent: 'qBittorrent answers again. Downloads are tracked.',
  store: 'The state is saved to disk again. A restart loses nothing.',
  rules: 'The changed rules are in force.',
  topic: 'ntfy accepts the topics of all rules.',
};

export const recoveryText = (source: IncidentSource): string => RECOVERY_TEXTS[source];

/** The last resort when ntfy rejects everything else: no text from a torrent, a server or a rule. */
export function fixedText(
  notification: Exclude<Notification, { kind: 'card-delete' | 'alert-clear' | 'summary-delete' }>,
): {
  title: string;
  message: string;
} {
  switch (notification.kind) {
    case 'added':
      return { title: 'A download', message: 'Added: see the page.' };
    case 'progress':
      return { title: 'A download', message: `${notification.card.percent}%` };
    case 'removed':
      return { title: 'A download', message: `Removed at ${notification.percent}%.` };
    case 'completion':
      return { title: 'Download Complete', message: 'A download is complete: see the page.' };
    case 'alert':
      return { title: 'A download has a problem', message: 'See the page.' };
    case 'incident':
      return { title: incidentTitle(notification), message: 'There is a problem: see the page.' };
    case 'incident-resolved':
      return { title: incidentTitle(notification), message: recoveryText(notification.key) };
    case 'digest':
      return { title: digestTitle(notification), message: 'See the page.' };
    case 'summary':
      return { title: summaryTitle(notification), message: 'See the page.' };
  }
}
