import { isInjected } from '../../machines/torrent/finish.ts';
import type { Form, Notification } from '../../machines/domain.ts';
import {
  alertText,
  completionText,
  concernTitle,
  fixedText,
  incidentText,
  nameOf,
  progressText,
  reliefText,
} from './wording.ts';

/** A publish as ntfy's JSON endpoint takes it, at the server's root (ntfy docs, "Publish as JSON"). */
export interface Card {
  topic: string;
  sequence_id: string;
  title: string;
  message: string;
  priority: number;
  tags: string[];
}

/** Where cards go, how their sequences are called, and in which time zone they tell the time. */
export interface Address {
  topic: string;
  /** Told apart from other sidecars on the same topic. */
  instance: string;
  /** IANA name. */
  timeZone: string | undefined;
}

/** At the very end of the drawer, without an icon in the status bar. */
const HIDDEN = 1;
/** Drawn in the drawer only: neither sound nor vibration. */
const SILENT_PRIORITY = 2;
/** Heard. */
const AUDIBLE_PRIORITY = 4;

/** The progress card of a torrent: updated in place, then deleted. */
export const progressSequence = (instance: string, key: string): string => `${instance}-${key}`;
/** The completion has a card of its own: an update of a card that still shows is silent on Android. */
export const completionSequence = (instance: string, key: string): string => `${instance}-${key}-done`;
/** So has what is said aloud while it is on its way. */
export const alertSequence = (instance: string, key: string): string => `${instance}-${key}-err`;

/** What is published; the rest only takes cards away. */
export type Published = Exclude<Notification, { kind: 'dismissal' | 'clearance' }>;

/** How a notification looks on the phone. */
export function renderCard(notification: Published, address: Address, form: Form = 'full'): Card {
  if (form === 'full') return renderFully(notification, address);
  if (form === 'plain') return simplify(renderFully(notification, address));
  const { kind, key } = notification;
  const { topic, instance } = address;
  const priority = priorityOf(notification);
  return {
    topic,
    sequence_id: SEQUENCES[kind](instance, key),
    ...fixedText(notification),
    priority,
    tags: [],
  };
}

function priorityOf(notification: Published): number {
  const { kind } = notification;
  if (kind === 'progress' || kind === 'relief') return SILENT_PRIORITY;
  // What was on the disk already is no download that somebody waits for.
  return kind === 'completion' && isInjected(notification.torrent) ? SILENT_PRIORITY : AUDIBLE_PRIORITY;
}

/** The last update of a card that can't be deleted. */
export function renderEnded(topic: string, sequence: string): Card {
  const message = 'Nothing more follows here: swipe this card away.';
  return { topic, sequence_id: sequence, title: 'Ended', message, priority: HIDDEN, tags: [] };
}

const SEQUENCES: Record<Published['kind'], (instance: string, key: string) => string> = {
  progress: progressSequence,
  completion: completionSequence,
  alert: alertSequence,
  incident: progressSequence,
  // The all-clear takes the place of the incident's card.
  relief: progressSequence,
};

function renderFully(notification: Published, { topic, instance, timeZone }: Address): Card {
  const { kind, key } = notification;
  const sequence_id = SEQUENCES[kind](instance, key);
  switch (kind) {
    case 'progress':
      return {
        topic,
        sequence_id,
        title: nameOf(key, notification.torrent.name, 'title'),
        message: progressText(notification, timeZone),
        priority: SILENT_PRIORITY,
        tags: ['arrow_down'],
      };
    case 'completion':
      return {
        topic,
        sequence_id,
        title: 'Download Complete',
        message: completionText(notification, timeZone),
        priority: priorityOf(notification),
        tags: ['white_check_mark'],
      };
    case 'alert':
      return {
        topic,
        sequence_id,
        title: nameOf(key, notification.name, 'title'),
        message: alertText(notification),
        priority: notification.silent === true ? SILENT_PRIORITY : AUDIBLE_PRIORITY,
        tags: ['warning'],
      };
    case 'incident':
    case 'relief':
      return {
        topic,
        sequence_id,
        title: concernTitle(notification),
        message: kind === 'incident' ? incidentText(notification.failure) : reliefText(key),
        priority: kind === 'incident' && notification.silent !== true ? AUDIBLE_PRIORITY : SILENT_PRIORITY,
        tags: [kind === 'incident' ? 'warning' : 'white_check_mark'],
      };
  }
}

/** The same in plain, short text, for a server that rejected it. */
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
