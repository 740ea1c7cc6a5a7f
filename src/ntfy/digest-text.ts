import type { DigestMember, DigestSubject } from '../../machines/digest/content.ts';
import type { Alert, IncidentSource, Notification } from '../../machines/domain.ts';
import { formatSize } from '../format/figures.ts';
import { formatPercent } from '../format/number.ts';
import type { FormatOptions } from '../format/options.ts';
import { safeText, torrentName } from '../format/text.ts';
import { alertDigestAdvice, alertDigestTitle } from './alert-digest-text.ts';

type Digest = Pick<Extract<Notification, { kind: 'digest' }>, 'about' | 'counts' | 'lines'>;

/**
 * `12 downloads complete`, `20 downloads have an error` or `While quiet: 3 downloads complete, 1 alert`: numbers only, so
 * it is part of every form of the card.
 */
export function digestTitle({ about, counts: { completion, alert, incident } }: Digest): string {
  if (isAlert(about)) return alertDigestTitle(about, alert);
  const parts = [
    ...(completion > 0 ? [`${plural(completion, 'download')} complete`] : []),
    ...(alert > 0 ? [plural(alert, 'alert')] : []),
    ...(incident > 0 ? [plural(incident, 'incident')] : []),
  ];
  return `${about === 'quiet' ? 'While quiet: ' : ''}${parts.join(', ')}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Whether it lists no problem. */
export const isGood = ({ counts: { alert, incident } }: Digest): boolean => alert + incident === 0;

/** UTF-8 bytes of the names, and of the same as JSON: ntfy accepts 4,095 and, for the whole request, 8,191. */
const MAX_BYTES = 3800;
const MAX_JSON_BYTES = 7400;
/** UTF-8 bytes of the text of an incident. */
const MAX_PROBLEM_BYTES = 200;

/**
 * One name per line, as many as fit, then how many others there are.
 *
 * @param reserved UTF-8 bytes that the rest of the request needs
 */
export function digestText({ about, counts, lines }: Digest, format: FormatOptions, reserved = 0): string {
  const advice = isAlert(about) ? [alertDigestAdvice(about, counts.alert)] : [];
  const shown: string[] = [];
  let [bytes, jsonBytes] = [0, 0];
  for (const line of lines.map((member) => lineOf(member, about, format))) {
    bytes += Buffer.byteLength(line) + 1;
    jsonBytes += Buffer.byteLength(JSON.stringify(line));
    if (bytes > MAX_BYTES || jsonBytes > MAX_JSON_BYTES - reserved) break;
    shown.push(line);
  }
  const rest = counts.completion + counts.alert + counts.incident - shown.length;
  return [...advice, ...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

function lineOf(member: DigestMember, about: DigestSubject, format: FormatOptions): string {
  const { kind, key, name, size, what, percent } = member;
  if (kind === 'incident') return `${incidentName(member)}: ${safeText(name ?? '', MAX_PROBLEM_BYTES)}`;
  const title = torrentName(key, name);
  const reached = formatPercent(percent, format.locale);
  if (kind === 'alert')
    return about === 'quiet' ? `${title}: ${alertLabel(what, reached)}` : `${title} (${reached})`;
  return size === 0 ? title : `${title} (${formatSize(size, format)})`;
}

const ALERT_LABELS: Readonly<Record<Alert, (reached: string) => string>> = {
  stalled: (reached) => `stalled at ${reached}`,
  metadata: () => 'no metadata',
  failed: (reached) => `error at ${reached}`,
  crashing: () => 'tracking keeps failing',
};

const isAlert = (what: string): what is Alert => Object.hasOwn(ALERT_LABELS, what);

const alertLabel = (what: string, reached: string): string =>
  isAlert(what) ? ALERT_LABELS[what](reached) : 'has a problem';

const INCIDENT_NAMES: Readonly<Record<IncidentSource, string>> = {
  qbittorrent: 'qBittorrent',
  store: 'State is not saved',
  rules: 'Rules file',
  topic: 'Topic of a rule',
};

const isSource = (key: string): key is IncidentSource => Object.hasOwn(INCIDENT_NAMES, key);

function incidentName({ key, what }: DigestMember): string {
  if (what === 'state-repaired') return 'State was repaired';
  return isSource(key) ? INCIDENT_NAMES[key] : 'Incident';
}
