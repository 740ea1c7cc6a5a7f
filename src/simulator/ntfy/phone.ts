/** What a phone with the Android app makes of the events: its cards, and what it is heard for. */
import { sequenceOf } from './event.ts';
import type { NtfyEvent } from './event.ts';

/** A card as the app lists it. `showing`: still in the notification drawer. */
export interface Card extends NtfyEvent {
  showing: boolean;
  /** How often its content was replaced. */
  updates: number;
}

export interface Phone {
  receive: (event: NtfyEvent) => void;
  /** The cards of a topic (default: all topics), in the order in which they first came. */
  cards: (topic?: string) => Card[];
  /** The messages that made a sound, in order. */
  heard: NtfyEvent[];
  /** The user swipes a card away: the next update of it counts as new. */
  dismiss: (topic: string, sequence: string) => void;
}

const keyOf = (topic: string, sequence: string) => `${topic}/${sequence}`;

/**
 * Whether a message makes a sound: its priority is 3 (the default) or more and no card of its sequence is showing. The
 * app only alerts once per showing card.
 */
export const isAudible = (priority = 3, isShowing = false): boolean => priority >= 3 && !isShowing;

/** A phone without cards. */
export function createPhone(): Phone {
  const cards = new Map<string, Card>();
  const heard: NtfyEvent[] = [];
  const hide = (key: string) => {
    const card = cards.get(key);
    if (card) card.showing = false;
  };
  return {
    heard,
    cards: (topic) => [...cards.values()].filter((card) => topic === undefined || card.topic === topic),
    dismiss: (topic, sequence) => hide(keyOf(topic, sequence)),
    receive: (event) => {
      const key = keyOf(event.topic, sequenceOf(event));
      if (event.event === 'message_clear') return hide(key);
      if (event.event === 'message_delete') {
        cards.delete(key);
        return;
      }
      const card = cards.get(key);
      if (isAudible(event.priority, card?.showing)) heard.push(event);
      cards.set(key, { ...event, showing: true, updates: card ? card.updates + 1 : 0 });
    },
  };
}
