import type {
  Concern,
  Failure,
  FailureReason,
  Notification,
  Observation,
  Phase,
} from '../../machines/domain.ts';
import { arrival, bar, duration, harmless, moment, size } from './text.ts';

const BYTES = { title: 200, text: 600 };

/** The torrent's name, made harmless; where there is none, the start of its hash. */
export function nameOf(key: string, name: string | null, place: keyof typeof BYTES): string {
  const text = name === null ? '' : harmless(name, BYTES[place]);
  // Nothing but marks and blanks would be a card without a name.
  return !/[^\p{Cf}\p{Z}]/u.test(text) ? `Torrent ${key.slice(0, 8)}` : text;
}

const PHASES: Partial<Record<Phase, string>> = {
  metadata: 'Fetching metadata',
  queued: 'Queued',
  stalled: 'Stalled: nobody sends',
  stopped: 'Stopped',
  unselected: 'No files selected',
  checking: 'Checking files',
  moving: 'Moving files',
  failed: 'Error: see qBittorrent',
};

export function progressText(
  { torrent: { speed, eta }, tell: { percent, phase }, at }: Extract<Notification, { kind: 'progress' }>,
  timeZone: string | undefined,
): string {
  const head = `${percent}% ${bar(percent)}`;
  const words = PHASES[phase];
  return words === undefined
    ? `${head}\nSpeed: ${size(speed)}/s\nETA: ${duration(eta)}${eta === null ? '' : ` (${arrival(at / 1000 + eta, at, timeZone)})`}`
    : `${head}\n${words}`;
}

/** Seconds after which a completion that is told late says when it was. */
const LATE = 120;

export function completionText(
  { key, torrent, at }: Extract<Notification, { kind: 'completion' }>,
  timeZone: string | undefined,
): string {
  const { finishedAt } = torrent;
  const lines = [`${nameOf(key, torrent.name, 'text')} has finished downloading.`, ...measures(torrent)];
  if (finishedAt !== null && at / 1000 - finishedAt > LATE)
    lines.push(`Finished ${moment(finishedAt, at, timeZone)}.`);
  return lines.join('\n');
}

function measures({ size: bytes, downloaded, duration: seconds, ratio }: Observation): string[] {
  if (bytes === 0) return [];
  // What was on the disk already took no time to download.
  if (downloaded === 0 || seconds === null) return [size(bytes)];
  const speed = Math.min(bytes, downloaded) / seconds;
  const shared = ratio === null || ratio < 0.1 ? '' : `, ratio ${ratio.toFixed(1)}`;
  return [`${size(bytes)} in ${duration(seconds)}, ${size(speed)}/s on average${shared}`];
}

export function alertText({ alert, percent }: Extract<Notification, { kind: 'alert' }>): string {
  const texts = {
    stalled: `Stalled at ${percent}%: nobody has sent anything for long.`,
    metadata: 'Nobody sends its metadata: the magnet may be dead.',
    failed: `qBittorrent reports an error at ${percent}%: files are missing, or the disk is full.`,
    crashing: 'Following it fails again and again; it is tried ever more rarely. See the log.',
  };
  return texts[alert];
}

/** Where the reason says more than the kind. */
const ADVICE_BY_REASON: Partial<Record<FailureReason, string>> = {
  'certificate-untrusted': 'Let the sidecar trust that authority: NODE_EXTRA_CA_CERTS, and a restart.',
  'certificate-expired': 'Renew the certificate, or correct the clock.',
  'certificate-name': 'Use the name that the certificate is for.',
  'proxy-login-refused':
    'Correct it, and restart the sidecar: it is not tried again until it is another one, or qBittorrent could ban this address.',
};

const ADVICE: Partial<Record<Failure['kind'], string>> = {
  unreachable: 'Downloads can not be followed until it answers.',
  broken: 'Downloads can not be followed until it works again.',
  unauthorized:
    'Correct the setting. The next try is in 10 minutes, or when the file of the password changes: a wrong one is not tried more often, or qBittorrent would ban this address.',
  banned: 'The ban ends by itself, by default after an hour, or when qBittorrent is restarted.',
};

export function incidentText({ kind, message, reason }: Failure): string {
  const text = harmless(message, BYTES.text);
  // The name qBittorrent begins small everywhere. Some messages are whole sentences already.
  const sentence = `${text.startsWith('qB') ? 'q' : text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.…!?]$/u.test(text) ? '' : '.'}`;
  const advice = (reason === undefined ? undefined : ADVICE_BY_REASON[reason]) ?? ADVICE[kind];
  return advice === undefined ? sentence : `${sentence}\n${advice}`;
}

/** The title of an incident's card, and of the all-clear that takes its place. */
export function concernTitle(notification: Extract<Notification, { kind: 'incident' | 'relief' }>): string {
  if (notification.key === 'qbittorrent') return 'qBittorrent';
  if (notification.kind === 'relief') return 'State is kept again';
  return notification.failure.reason === 'state-repaired' ? 'State was repaired' : 'State is not kept';
}

const RESOLVED: Record<Concern, string> = {
  qbittorrent: 'qBittorrent answers again: downloads are followed.',
  store: 'The state is on the disk again: a restart loses nothing.',
};

export const reliefText = (concern: Concern): string => RESOLVED[concern];

/** What is sent when nothing else is accepted: nothing in it comes from a torrent or a server. */
export function fixedText(notification: Exclude<Notification, { kind: 'dismissal' | 'clearance' }>): {
  title: string;
  message: string;
} {
  switch (notification.kind) {
    case 'progress':
      return { title: 'A download', message: `${notification.tell.percent}%` };
    case 'completion':
      return { title: 'Download Complete', message: 'A download is complete: see the page.' };
    case 'alert':
      return { title: 'A download has a problem', message: 'See the page.' };
    case 'incident':
      return { title: concernTitle(notification), message: 'There is a problem: see the page.' };
    case 'relief':
      return { title: concernTitle(notification), message: reliefText(notification.key) };
  }
}
