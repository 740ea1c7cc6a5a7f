/** The phone and the ntfy of a test: the visible cards and the sounds. */
import type { Notification } from '../../machines/domain.ts';
import { routeOf } from '../../machines/routing/routed.ts';
import { DEFAULT_ROUTE } from '../../machines/routing/types.ts';
import type { RouteId } from '../../machines/routing/types.ts';
import {
  alertSequence,
  completionSequence,
  progressSequence,
  renderCard,
  summarySequence,
} from '../../src/ntfy/card.ts';
import { isAudible } from '../../src/simulator/index.ts';

const INSTANCE = 'phone';
const ADDRESS = { topic: 'topic', instance: INSTANCE, timeZone: 'UTC' };

/**
 * The short name of a card: its sequence ID without the instance, so `<key>`, `<key>-done` or `<key>-err`; on the topic of
 * a rule behind its route: `films/<key>`.
 */
const nameOf = (sequence: string, route: RouteId = DEFAULT_ROUTE): string =>
  `${route === DEFAULT_ROUTE ? '' : `${route}/`}${sequence.slice(INSTANCE.length + 1)}`;

const labelOf = (notification: Notification): string | null =>
  'torrent' in notification ? notification.torrent.name : null;

const addOne = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

/** Labels are the torrents' names. */
export function createPhone(app: 'android' | 'web push' = 'android') {
  /** The visible cards, by name. */
  const cards = new Map<string, Notification>();
  /** How many completions made a sound, and how many arrived, by label. */
  const sounds = new Map<string, number>();
  const completed = new Map<string, number>();
  /** The cards on which each completion was shown, by label. */
  const shownOn = new Map<string, Set<string>>();
  /** The cards that made a sound, by name, in order. */
  const heard: string[] = [];
  /** Decreases of a card's percent. */
  const decreases: string[] = [];
  /** The lines that each digest has shown, by its name. */
  const lines = new Map<string, Set<string>>();
  /** What arrives while the phone is offline; `null`: it is online. */
  let missed: Array<() => void> | null = null;

  function show(sequence: string, notification: Notification, priority: number) {
    const name = nameOf(sequence, routeOf(notification));
    const before = cards.get(name);
    const label = labelOf(notification);
    if (notification.kind === 'progress' && before?.kind === 'progress' && labelOf(before) === label) {
      const [from, to] = [before.card.percent ?? 0, notification.card.percent ?? 0];
      if (to < from) decreases.push(`${label}: ${from} % to ${to} %`);
    }
    // A browser makes a sound at each update, Android only for a card that is not showing.
    const makesSound = isAudible(priority, app === 'android' && before !== undefined);
    if (makesSound) heard.push(name);
    if (notification.kind === 'completion') {
      addOne(completed, label ?? '');
      addCard(label ?? '', name);
      if (makesSound) addOne(sounds, label ?? '');
    }
    if (notification.kind === 'digest' && notification.about === 'completions') showLines(name, notification);
    cards.set(name, notification);
  }

  const addCard = (label: string, card: string) =>
    shownOn.set(label, (shownOn.get(label) ?? new Set()).add(card));

  function showLines(card: string, digest: Extract<Notification, { kind: 'digest' }>) {
    const shown = lines.get(card) ?? new Set();
    lines.set(card, shown);
    for (const { key, what, name } of digest.lines) {
      if (!shown.has(`${key}:${what}`)) addOne(completed, name ?? '');
      addCard(name ?? '', card);
      shown.add(`${key}:${what}`);
    }
  }

  return {
    cards,
    sounds,
    completed,
    shownOn,
    heard,
    decreases,
    /** Executes the requests of the real client. `half`: only the first of its requests arrives. */
    receive(notification: Notification, half = false) {
      if (missed !== null) return void missed.push(() => this.receive(notification, half));
      const { kind, key } = notification;
      const remove = (sequence: string) => cards.delete(nameOf(sequence, routeOf(notification)));
      if (kind === 'summary-delete') remove(summarySequence(INSTANCE));
      else if (kind === 'alert-clear') remove(alertSequence(INSTANCE, key));
      else if (kind === 'card-delete') {
        remove(progressSequence(INSTANCE, key));
        if (notification.alerted && !half) remove(alertSequence(INSTANCE, key));
      } else {
        const { sequence_id, priority } = renderCard(notification, ADDRESS);
        show(sequence_id, notification, priority);
      }
    },
    /** The user swipes or taps a card: it is gone, and its next update is a new card. */
    dismiss: (name: string) => void cards.delete(name),
    /** Until the returned function is called, which delivers what was missed, in order. */
    goOffline() {
      missed = [];
      return () => {
        const deliveries = missed ?? [];
        missed = null;
        for (const deliver of deliveries) deliver();
      };
    },
    /** The user dismisses a torrent's completion. */
    swipe(key: string) {
      const name = nameOf(completionSequence(INSTANCE, key));
      for (const card of cards.keys()) if (card === name || card.endsWith(`/${name}`)) cards.delete(card);
    },
  };
}

export type Phone = ReturnType<typeof createPhone>;
