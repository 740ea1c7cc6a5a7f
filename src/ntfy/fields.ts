/** The values of the template fields. They are untrusted: the code that inserts them makes them safe. */
import type { Hash, Notification, Observation } from '../../machines/domain.ts';
import { formatTime } from '../format/clock.ts';
import { formatDuration, formatSize } from '../format/figures.ts';
import { formatNumber } from '../format/number.ts';
import type { FormatOptions } from '../format/options.ts';
import { torrentName } from '../format/text.ts';
import type { TemplateFieldName } from './template-fields.ts';

/** The notifications about one torrent, which rules apply to. */
export type TorrentNotification = Extract<
  Notification,
  { kind: 'added' | 'progress' | 'completion' | 'alert' | 'removed' }
>;

/** What the fields are read from. */
interface Subject {
  key: Hash;
  name: string | null;
  isComplete: boolean;
  percent: number;
  /** `null`: only its name and its percent are known. */
  torrent: Observation | null;
  /** Milliseconds since 1970; `null` if unknown. */
  at: number | null;
  /** The name of the rule; empty without one. */
  rule: string;
  format: FormatOptions;
}

export interface FieldOptions extends FormatOptions {
  /** Milliseconds since 1970, for a notification without a time of its own. */
  now?: number | undefined;
}

/** Returns the value of a field; `?` if it is unknown. */
export type ReadField = (name: TemplateFieldName) => string;

/** The fields of a notification. Each is computed when it is read. */
export function createFields(
  notification: TorrentNotification,
  rule: string | undefined,
  options: FieldOptions,
): ReadField {
  const torrent = 'torrent' in notification ? notification.torrent : null;
  const subject: Subject = {
    key: notification.key,
    name: 'name' in notification ? notification.name : (torrent?.name ?? null),
    isComplete: notification.kind === 'completion',
    percent: percentOf(notification),
    torrent,
    at: ('at' in notification ? notification.at : options.now) ?? null,
    rule: rule ?? '',
    format: options,
  };
  return (name) => VALUES[name](subject) ?? UNKNOWN;
}

const UNKNOWN = '?';

function percentOf(notification: TorrentNotification): number {
  if (notification.kind === 'progress') return notification.card.percent;
  if (notification.kind === 'completion') return 100;
  return notification.kind === 'added'
    ? Math.floor(notification.torrent.progress * 100)
    : notification.percent;
}

/**
 * Bytes per second over the whole download, counting neither existing data nor data fetched twice. `null` if unknown:
 * data that already existed took no time to download.
 */
export function averageSpeed({
  size,
  downloaded,
  duration,
}: Pick<Observation, 'size' | 'downloaded' | 'duration'>): number | null {
  return downloaded === 0 || duration === null ? null : Math.min(size, downloaded) / duration;
}

/** `null`: unknown. */
const VALUES: Readonly<Record<TemplateFieldName, (subject: Subject) => string | null>> = {
  name: ({ key, name }) => torrentName(key, name, 'text'),
  size: ({ torrent, format }) =>
    torrent === null || torrent.size === 0 ? null : formatSize(torrent.size, format),
  downloaded: ({ torrent, format }) => torrent && formatSize(torrent.downloaded, format),
  percent: ({ percent, format }) => formatNumber(percent, 0, format.locale),
  speed: ({ torrent, isComplete, format }) => {
    const speed = torrent && (isComplete ? averageSpeed(torrent) : torrent.speed);
    return speed === null ? null : `${formatSize(speed, format)}/s`;
  },
  // Unknown is ∞, as on a progress card.
  eta: ({ torrent, isComplete }) => torrent && formatDuration(isComplete ? 0 : torrent.eta),
  duration: ({ torrent }) =>
    torrent === null || torrent.duration === null ? null : formatDuration(torrent.duration),
  ratio: ({ torrent, format }) =>
    torrent === null || torrent.ratio === null ? null : formatNumber(torrent.ratio, 1, format.locale),
  time: ({ at, format }) => (at === null ? null : formatTime(at / 1000, at, format)),
  finished: ({ torrent, isComplete, at, format }) => {
    const seconds = torrent?.finishedAt ?? (isComplete && at !== null ? at / 1000 : null);
    return seconds === null ? null : formatTime(seconds, at ?? seconds * 1000, format);
  },
  category: ({ torrent }) => torrent && torrent.category,
  tags: ({ torrent }) => torrent && torrent.tags.join(', '),
  // A torrent without a tracker is not an unknown one.
  tracker: ({ torrent }) => torrent && (torrent.tracker ?? ''),
  path: ({ torrent }) => torrent && torrent.path,
  hash: ({ torrent, key }) => torrent?.hash ?? key,
  rule: ({ rule }) => rule,
};
