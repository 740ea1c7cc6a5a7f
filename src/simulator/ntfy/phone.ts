/** A phone with ntfy's Android app: its cards and its sounds. */
import { sequenceOf } from './event.ts';
import type { NtfyEvent } from './event.ts';

/** A card in the app's list. `showing`: it is in the notification drawer. */
export interface Card extends NtfyEvent {
  showing: boolean;
  /** How often it was updated. */
  updates: number;
}

export interface Phone {
  receive: (event: NtfyEvent) => void;
  /** The cards of a topic (default: all topics), in the order of their first event. */
  cards: (topic?: string) => Card[];
  /** The events that made a sound, in order. */
  sounds: NtfyEvent[];
  /** The user dismisses a card: its next update counts as new. */
  dismiss: (topic: string, sequence: string) => void;
}

const keyOf = (topic: string, sequence: string) => `${topic}/${sequence}`;

/**
 * Whether a message makes a sound: its priority is 3 (the default) or more and no card with its sequence ID is showing.
 * The app makes a sound only once per showing card.
 */
export const isAudible = (priority = 3, isShowing = false): boolean => priority >= 3 && !isShowing;

/** A phone without cards. */
export function createPhone(): Phone {
  const cards = new Map<string, Card>();
  const sounds: NtfyEvent[] = [];
  const hide = (key: string) => {
    const card = cards.get(key);
    if (card) card.showing = false;
  };
  return {
    sounds,
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
      if (isAudible(event.priority, card?.showing)) sounds.push(event);
      cards.set(key, { ...event, showing: true, updates: card ? card.updates + 1 : 0 });
    },
  };
}
