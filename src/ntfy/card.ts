import type { FixedMessage, Form } from '../../machines/domain.ts';
import { isSilenced } from '../../machines/quiet/sound.ts';
import { fixedText } from './card-text.ts';
import { priorityOf, renderMessage, SILENT_PRIORITY, simplify } from './message.ts';
import type { MessageOptions, Published } from './message.ts';
import type { NotificationStyle } from './style.ts';

export type { Published } from './message.ts';

/** The body of a publish as JSON, which is sent to the server's root (ntfy docs, "Publish as JSON"). */
export interface Card {
  topic: string;
  sequence_id: string;
  title: string;
  message: string;
  priority: number;
  tags: string[];
  /** A URL that a tap opens. */
  click?: string;
  /** The URL of a picture. */
  icon?: string;
}

/** The options that all cards of a sidecar share. */
export interface CardOptions extends MessageOptions {
  topic: string;
  /** Begins each sequence ID: distinguishes sidecars that share a topic. */
  instance: string;
}

/** At the end of the notification drawer, without an icon in the status bar. */
const HIDDEN_PRIORITY = 1;

/** The progress card of a torrent: updated in place, then deleted. */
export const progressSequence = (instance: string, key: string): string => `${instance}-${key}`;
/** The completion has its own card: Android makes no sound for an update of a card that is showing. */
export const completionSequence = (instance: string, key: string): string => `${instance}-${key}-done`;
/** The alert of a torrent has its own card for the same reason. */
export const alertSequence = (instance: string, key: string): string => `${instance}-${key}-err`;
/** A torrent that was added: it stays when the progress card is deleted. */
export const addedSequence = (instance: string, key: string): string => `${instance}-${key}-new`;
/** A torrent that was removed before it was complete. */
export const removedSequence = (instance: string, key: string): string => `${instance}-${key}-gone`;
/** The summary of all downloads: one for each topic. */
export const summarySequence = (instance: string): string => `${instance}-sum`;

const SEQUENCES: Record<Exclude<Published['kind'], 'digest'>, (instance: string, key: string) => string> = {
  added: addedSequence,
  progress: progressSequence,
  completion: completionSequence,
  alert: alertSequence,
  removed: removedSequence,
  summary: summarySequence,
  incident: progressSequence,
  // The recovery message replaces the incident's card.
  'incident-resolved': progressSequence,
};

/** Each digest has its own sequence, because an update of the last one would make no sound. */
const sequenceOf = (notification: Published, instance: string): string =>
  notification.kind === 'digest'
    ? progressSequence(instance, notification.sequence)
    : SEQUENCES[notification.kind](instance, notification.key);

/**
 * Renders a notification as a card. One that quiet hours silenced makes no sound in any form.
 *
 * @param style how the rule that applies changes it. Not used for a completion that was fixed, and not in the form
 *   `fixed`, which contains nothing that a torrent or a rule contributed
 */
export function renderCard(
  notification: Published,
  options: CardOptions,
  form: Form = 'full',
  style?: NotificationStyle,
): Card {
  const { topic, instance } = options;
  const card = cardOf(messageIn(form, notification, options, style), {
    topic,
    sequence: sequenceOf(notification, instance),
  });
  return isSilenced(notification) ? { ...card, priority: Math.min(card.priority, SILENT_PRIORITY) } : card;
}

function messageIn(
  form: Form,
  notification: Published,
  options: CardOptions,
  style: NotificationStyle | undefined,
): FixedMessage {
  if (form === 'fixed')
    return { ...fixedText(notification), tags: [], priority: priorityOf(notification, style) };
  const fixed = notification.kind === 'completion' ? notification.fixed : undefined;
  const message = fixed ?? renderMessage(notification, options, style);
  return form === 'plain' ? simplify(message) : message;
}

/** The card of a rendered message. */
export function cardOf(
  { title, message, priority, tags, click, icon }: FixedMessage,
  { topic, sequence }: { topic: string; sequence: string },
): Card {
  return {
    topic,
    sequence_id: sequence,
    title,
    message,
    priority,
    tags,
    ...(click === undefined ? {} : { click }),
    ...(icon === undefined ? {} : { icon }),
  };
}

/** The last update of a card that cannot be deleted. */
export function renderEnded(topic: string, sequence: string): Card {
  const message = 'No further updates: dismiss this notification.';
  return cardOf({ title: 'Ended', message, priority: HIDDEN_PRIORITY, tags: [] }, { topic, sequence });
}
