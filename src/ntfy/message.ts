/** The text, tags and priority of each kind of notification, and how a rule changes them. */
import type { FixedMessage, Notification } from '../../machines/domain.ts';
import { SILENT_PRIORITY } from '../../machines/quiet/sound.ts';
import { isInjected } from '../../machines/torrent/finish.ts';
import type { FormatOptions } from '../format/options.ts';
import { torrentName } from '../format/text.ts';
import {
  addedText,
  alertText,
  completionText,
  fixedText,
  incidentText,
  incidentTitle,
  progressText,
  recoveryText,
  removedText,
} from './card-text.ts';
import type { AlertDelays } from './card-text.ts';
import { createFields } from './fields.ts';
import type { ReadField, TorrentNotification } from './fields.ts';
import { isGood, digestText, digestTitle } from './digest-text.ts';
import { answerText } from './answer-text.ts';
import type { NotificationStyle } from './style.ts';
import { summaryText, summaryTitle } from './summary-text.ts';
import { renderMessageText, renderTitle, renderUrl } from './templates.ts';

/** Notifications that are published; the others delete cards. */
export type Published = Exclude<Notification, { kind: 'card-delete' | 'alert-clear' | 'summary-delete' }>;

export interface MessageOptions extends FormatOptions {
  /** Named in the alerts' texts. Default: not named. */
  alerts?: AlertDelays | undefined;
  /** Milliseconds since 1970, for the template field `time` of an alert. Default: unknown. */
  now?: number | undefined;
  /** UTF-8 bytes that a list has to leave for the rest of the request. Default: 0. */
  reserved?: number | undefined;
}

export { SILENT_PRIORITY };
/** Whether the phone makes a sound for a new card with this priority. */
export const isAudible = (priority: number): boolean => priority > SILENT_PRIORITY;
/** With sound. */
const AUDIBLE_PRIORITY = 4;

/** The whole message. A style applies to the notifications of torrents only. */
export function renderMessage(
  notification: Published,
  options: MessageOptions,
  style?: NotificationStyle,
): FixedMessage {
  const message = { ...contentOf(notification, options), priority: priorityOf(notification, style) };
  const isStyled = style !== undefined && isOfTorrent(notification);
  return withAnswer(
    isStyled ? applyStyle(message, notification, style, options) : message,
    notification,
    options,
  );
}

/** What followed a press is said first, whatever a rule wants. A muted torrent shows nothing else. */
function withAnswer(
  message: FixedMessage,
  notification: Published,
  { locale }: MessageOptions,
): FixedMessage {
  if (notification.kind === 'summary' || !('answer' in notification) || notification.answer === undefined)
    return message;
  const { answer } = notification;
  const text = answerText(answer, { percent: percentIn(notification), locale });
  const isAlone = answer.action === 'mute' && answer.failure === null;
  return { ...message, message: isAlone ? text : `${text}\n${message.message}` };
}

function percentIn(notification: Published): number | null {
  if (notification.kind === 'progress') return notification.card.percent;
  return notification.kind === 'alert' ? notification.percent : null;
}

/**
 * The message of a completion, to be stored with it: rules that change later do not change it. Never throws: a completion
 * whose text cannot be rendered is sent without any name.
 *
 * @param onBug called with an exception of our own code
 */
export function fixMessage(
  notification: Extract<Notification, { kind: 'completion' }>,
  style: NotificationStyle | undefined,
  options: MessageOptions,
  onBug: (error: unknown) => void = () => {},
): FixedMessage {
  try {
    return renderMessage(notification, options, style);
  } catch (error) {
    onBug(error);
    return { ...fixedText(notification), tags: [], priority: priorityOf(notification, style) };
  }
}

/** The priority of the style, of the notification, or else of its kind. A completion that was fixed keeps its own. */
export function priorityOf(notification: Published, style: NotificationStyle = {}): number {
  if (notification.kind === 'completion' && notification.fixed !== undefined)
    return notification.fixed.priority;
  const standard = AUDIBLE_KINDS.has(notification.kind) ? AUDIBLE_PRIORITY : SILENT_PRIORITY;
  const ruled = isOfTorrent(notification) ? style.priority : undefined;
  const priority = ruled ?? notification.priority ?? standard;
  return isAlwaysSilent(notification) ? Math.min(priority, SILENT_PRIORITY) : priority;
}

const AUDIBLE_KINDS: ReadonlySet<Published['kind']> = new Set(['completion', 'alert', 'incident', 'digest']);

/** What makes no sound, whatever a rule says. */
function isAlwaysSilent(notification: Published): boolean {
  // A torrent whose data already existed was not downloaded.
  if (notification.kind === 'completion') return isInjected(notification.torrent);
  return 'silent' in notification && notification.silent;
}

const OTHER_KINDS: ReadonlySet<Published['kind']> = new Set([
  'incident',
  'incident-resolved',
  'summary',
  'digest',
]);

const isOfTorrent = (notification: Published): notification is TorrentNotification =>
  !OTHER_KINDS.has(notification.kind);

type Content = Pick<FixedMessage, 'title' | 'message' | 'tags'>;

/** What is shown without a rule. */
function contentOf(notification: Published, options: MessageOptions): Content {
  const { kind, key } = notification;
  switch (kind) {
    case 'added':
      return {
        title: torrentName(key, notification.torrent.name),
        message: addedText(notification, options),
        tags: ['inbox_tray'],
      };
    case 'progress':
      return {
        title: torrentName(key, notification.torrent.name),
        message: progressText(notification, options),
        tags: ['arrow_down'],
      };
    case 'completion':
      return {
        title: 'Download Complete',
        message: completionText(notification, options),
        tags: ['white_check_mark'],
      };
    case 'alert':
      return {
        title: torrentName(key, notification.name),
        message: alertText(notification, options.alerts, options.locale),
        tags: ['warning'],
      };
    case 'removed':
      return {
        title: torrentName(key, notification.name),
        message: removedText(notification, options),
        tags: ['wastebasket'],
      };
    case 'incident':
      return {
        title: incidentTitle(notification),
        message: incidentText(notification.failure, key),
        tags: ['warning'],
      };
    case 'incident-resolved':
      return { title: incidentTitle(notification), message: recoveryText(key), tags: ['white_check_mark'] };
    case 'summary':
      return {
        title: summaryTitle(notification, options),
        message: summaryText(notification, options, options.reserved),
        tags: notification.downloads === 0 ? [] : ['arrow_down'],
      };
    case 'digest':
      return {
        title: digestTitle(notification),
        message: digestText(notification, options, options.reserved),
        tags: [isGood(notification) ? 'white_check_mark' : 'warning'],
      };
  }
}

/** Renders a template; `null` if there is nothing to show. */
type Render = (template: string, read: ReadField) => string | null;

/** The message as a rule wants it. A text of which nothing is visible is not used, nor is an invalid URL. */
function applyStyle(
  message: FixedMessage,
  notification: TorrentNotification,
  style: NotificationStyle,
  options: MessageOptions,
): FixedMessage {
  const read = createFields(notification, style.rule ?? notification.rule ?? undefined, options);
  const render = (template: string | undefined, by: Render) =>
    template === undefined ? null : by(template, read);
  const click = render(style.click, renderUrl);
  const icon = render(style.icon, renderUrl);
  return {
    title: render(style.title, renderTitle) ?? message.title,
    message: render(style.message, renderMessageText) ?? message.message,
    tags: [...(style.tags ?? message.tags)],
    priority: message.priority,
    ...(click === null ? {} : { click }),
    ...(icon === null ? {} : { icon }),
  };
}

/** The same message as short ASCII text, for a server that rejected the full one. */
export function simplify({ title, message, priority }: FixedMessage): FixedMessage {
  return { title: plain(title, 60), message: plain(message, 200), tags: [], priority };
}

function plain(text: string, length: number): string {
  const ascii = text
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7E\n]/gu, '')
    .trim()
    .slice(0, length);
  return ascii === '' ? 'qBittorrent' : ascii;
}
