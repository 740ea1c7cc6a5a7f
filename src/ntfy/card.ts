import { isSilenced } from '../../machines/quiet/sound.ts';
import { isInjected } from '../../machines/torrent/finish.ts';
import type { Form, Notification } from '../../machines/domain.ts';
import { torrentName } from '../format/text.ts';
import {
  additionText,
  alertText,
  recoveryText,
  removalText,
  completionText,
  fixedText,
  incidentText,
  incidentTitle,
  progressText,
} from './card-text.ts';
import type { AlertDelays } from './card-text.ts';
import { isOnlyCompletions, quietDigestText, quietDigestTitle } from './quiet-digest-text.ts';
import type { NotificationStyle } from './style.ts';

/** The body of a publish as JSON, which is sent to the server's root (ntfy docs, "Publish as JSON"). */
export interface Card {
  topic: string;
  sequence_id: string;
  title: string;
  message: string;
  priority: number;
  tags: string[];
}

/** The options that all cards of a sidecar share. */
export interface CardOptions {
  topic: string;
  /** Begins each sequence ID: distinguishes sidecars that share a topic. */
  instance: string;
  /** IANA name, for times on cards. */
  timeZone: string | undefined;
  /** Named in the alerts' texts. Default: not named. */
  alerts?: AlertDelays;
}

/** At the end of the notification drawer, without an icon in the status bar. */
const HIDDEN_PRIORITY = 1;
/** In the notification drawer only: no sound, no vibration. */
const SILENT_PRIORITY = 2;
/** With sound. */
const AUDIBLE_PRIORITY = 4;

/** The progress card of a torrent: updated in place, then deleted. */
export const progressSequence = (instance: string, key: string): string => `${instance}-${key}`;
/** The completion has its own card: Android makes no sound for an update of a card that is showing. */
export const completionSequence = (instance: string, key: string): string => `${instance}-${key}-done`;
/** The alert of a torrent has its own card for the same reason. */
export const alertSequence = (instance: string, key: string): string => `${instance}-${key}-err`;

/** The addition and the removal of a torrent have cards of their own, too. */
export const additionSequence = (instance: string, key: string): string => `${instance}-${key}-new`;
export const removalSequence = (instance: string, key: string): string => `${instance}-${key}-gone`;

/** Notifications that are published; the others delete cards. */
export type Published = Exclude<Notification, { kind: 'card-delete' | 'alert-clear' }>;

/** Renders a notification as a card, with the tags of its rule. One that quiet hours silenced makes no sound in any form. */
export function renderCard(
  notification: Published,
  options: CardOptions,
  form: Form = 'full',
  style?: NotificationStyle,
): Card {
  const card = renderForm(notification, options, form, style);
  if (!isSilenced(notification)) return card;
  return { ...card, priority: Math.min(card.priority, SILENT_PRIORITY) };
}

function renderForm(
  notification: Published,
  options: CardOptions,
  form: Form,
  style: NotificationStyle | undefined,
): Card {
  if (form !== 'fixed') {
    const isFixed = notification.kind === 'completion' && notification.fixed !== undefined;
    const rendered = renderFully(notification, options);
    const tags = [...(style?.tags ?? rendered.tags)];
    const card = { ...rendered, tags };
    const whole = isFixed ? { ...card, ...notification.fixed } : card;
    return form === 'plain' ? simplify(whole) : whole;
  }
  const { topic, instance } = options;
  const priority = priorityOf(notification);
  return {
    topic,
    sequence_id: sequenceOf(notification, instance),
    ...fixedText(notification),
    priority,
    tags: [],
  };
}

/** That of the rule, or of the kind. What is silent for another reason stays silent. */
function priorityOf(notification: Published): number {
  if (notification.kind === 'completion' && notification.fixed !== undefined)
    return notification.fixed.priority;
  const { priority = defaultPriority(notification) } = notification;
  const isSilent = 'silent' in notification && notification.silent;
  const isSilenced = isSilent || (notification.kind === 'completion' && isInjected(notification.torrent));
  return isSilenced ? Math.min(priority, SILENT_PRIORITY) : priority;
}

const SILENT_KINDS: ReadonlySet<Published['kind']> = new Set([
  'progress',
  'added',
  'removed',
  'incident-resolved',
]);

function defaultPriority(notification: Published): number {
  const { kind } = notification;
  if (SILENT_KINDS.has(kind)) return SILENT_PRIORITY;
  // A torrent whose data already existed was not downloaded: no sound.
  return kind === 'completion' && isInjected(notification.torrent) ? SILENT_PRIORITY : AUDIBLE_PRIORITY;
}

/** The last update of a card that cannot be deleted. */
export function renderEnded(topic: string, sequence: string): Card {
  const message = 'No further updates: dismiss this notification.';
  return { topic, sequence_id: sequence, title: 'Ended', message, priority: HIDDEN_PRIORITY, tags: [] };
}

const SEQUENCES: Record<
  Exclude<Published['kind'], 'quiet-digest'>,
  (instance: string, key: string) => string
> = {
  progress: progressSequence,
  completion: completionSequence,
  alert: alertSequence,
  added: additionSequence,
  removed: removalSequence,
  incident: progressSequence,
  // The recovery message replaces the incident's card.
  'incident-resolved': progressSequence,
};

/** Each quiet-hours digest has its own sequence, because an update of the last one would make no sound. */
const sequenceOf = (notification: Published, instance: string): string =>
  notification.kind === 'quiet-digest'
    ? progressSequence(instance, notification.sequence)
    : SEQUENCES[notification.kind](instance, notification.key);

function renderFully(notification: Published, options: CardOptions): Card {
  const { topic, instance } = options;
  const sequence_id = sequenceOf(notification, instance);
  return { topic, sequence_id, priority: priorityOf(notification), ...contentOf(notification, options) };
}

function contentOf(
  notification: Published,
  { timeZone, alerts }: CardOptions,
): Pick<Card, 'title' | 'message' | 'tags'> {
  const { kind, key } = notification;
  switch (kind) {
    case 'progress':
      return {
        title: torrentName(key, notification.torrent.name),
        message: progressText(notification, timeZone),
        tags: ['arrow_down'],
      };
    case 'completion':
      return {
        title: 'Download Complete',
        message: completionText(notification, timeZone),
        tags: ['white_check_mark'],
      };
    case 'alert':
      return {
        title: torrentName(key, notification.name),
        message: alertText(notification, alerts),
        tags: ['warning'],
      };
    case 'added':
      return {
        title: torrentName(key, notification.torrent.name),
        message: additionText(notification),
        tags: ['inbox_tray'],
      };
    case 'removed':
      return {
        title: torrentName(key, notification.name),
        message: removalText(notification),
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
    case 'quiet-digest':
      return {
        title: quietDigestTitle(notification),
        message: quietDigestText(notification),
        tags: [isOnlyCompletions(notification) ? 'white_check_mark' : 'warning'],
      };
  }
}

/** The same card as short ASCII text, for a server that rejected the full one. */
function simplify(card: Card): Card {
  return { ...card, title: plain(card.title, 60), message: plain(card.message, 200), tags: [] };
}

function plain(text: string, length: number): string {
  const ascii = text
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7E\n]/gu, '')
    .trim()
    .slice(0, length);
  return ascii === '' ? 'qBittorrent' : ascii;
}
