import type { FixedMessage, Form } from '../../machines/domain.ts';
import { isSilenced } from '../../machines/quiet/sound.ts';
import { truncate } from '../format/text.ts';
import { actionsOf } from './actions.ts';
import type { Action, ActionOptions } from './actions.ts';
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
  /** At most three. */
  actions?: Action[];
}

/** The options that all cards of a sidecar share. */
export interface CardOptions extends Omit<MessageOptions, 'reserved'>, ActionOptions {
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
 *   `fixed`, which contains nothing that a torrent or a rule contributed, and no button: a server or a firewall may reject
 *   those, too
 */
export function renderCard(
  notification: Published,
  options: CardOptions,
  form: Form = 'full',
  style?: NotificationStyle,
): Card {
  const { topic, instance } = options;
  const links = form === 'fixed' ? null : linksOf(notification, options);
  const message = messageIn(form, notification, { ...options, reserved: reservedFor(links) }, style);
  const card = cardOf({ ...links, ...message }, { topic, sequence: sequenceOf(notification, instance) });
  const whole = links === null ? card : fitCard(card, links.actions);
  return isSilenced(notification) ? { ...whole, priority: Math.min(whole.priority, SILENT_PRIORITY) } : whole;
}

/** What a tap on the card opens, unless a rule decides that, and the buttons. */
type Links = Pick<Card, 'click' | 'actions'>;

/** `null`: the card has none. */
function linksOf(notification: Published, options: ActionOptions): Links | null {
  const { webUi = null } = options;
  const actions = actionsOf(notification, options);
  if (webUi === null && actions.length === 0) return null;
  return { ...(webUi === null ? {} : { click: webUi }), ...(actions.length === 0 ? {} : { actions }) };
}

const bytesOf = (value: object): number => Buffer.byteLength(JSON.stringify(value));

/** UTF-8 bytes that a list leaves for the links; further ones are cut from its end. */
const MAX_RESERVED_BYTES = 5000;

const reservedFor = (links: Links | null): number =>
  links === null ? 0 : Math.min(bytesOf(links), MAX_RESERVED_BYTES);

/** UTF-8 bytes of a request: below ntfy's limit of 8,191 (reference/ntfy.md, section 2). */
const MAX_REQUEST_BYTES = 8000;
/** UTF-8 bytes of the text to which it is cut at most; then the buttons are left out. */
const MIN_MESSAGE_BYTES = 400;

/** Adds the buttons, and cuts the text rather than have the request refused. */
function fitCard(card: Card, actions: Action[] | undefined): Card {
  const whole = cutText(actions === undefined ? card : { ...card, actions });
  return actions === undefined || bytesOf(whole) <= MAX_REQUEST_BYTES ? whole : cutText(card);
}

function cutText(card: Card): Card {
  const length = Buffer.byteLength(card.message);
  const excess = bytesOf(card) - MAX_REQUEST_BYTES;
  if (excess <= 0 || length <= MIN_MESSAGE_BYTES) return card;
  // In JSON a byte of the text has one or two bytes: half of the excess is never too much.
  const maxBytes = Math.max(length - Math.ceil(excess / 2), MIN_MESSAGE_BYTES);
  return cutText({ ...card, message: truncate(card.message, maxBytes) });
}

function messageIn(
  form: Form,
  notification: Published,
  options: MessageOptions,
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
