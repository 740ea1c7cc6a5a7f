/** The phone of the model, and the ntfy in front of it: what lies on the screen, and what was heard. */
import type { Publication } from '../../machines/outbox/machine.ts';
import type { Notification } from '../../machines/domain.ts';
import { alertSequence, progressSequence, renderCard } from '../../src/ntfy/card.ts';

export type PhoneCard = { kind: Notification['kind']; label: string | null; percent: number | null };

/** Android's rule: a card is heard from priority 3 on, unless one of its sequence is showing already. */
const HEARD = 3;
const INSTANCE = 'phone';

const labelOf = (notification: Notification): string | null =>
  'torrent' in notification ? notification.torrent.name : null;

const addOne = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

/** Labels are the torrents' names: each round of each torrent has one of its own. */
export function createPhone() {
  const cards = new Map<string, PhoneCard>();
  /** Completions that were heard, and that arrived at all, by label. */
  const heard = new Map<string, number>();
  const told = new Map<string, number>();
  const backwards: string[] = [];

  function show(sequence: string, card: PhoneCard, priority: number) {
    const before = cards.get(sequence);
    if (card.kind === 'progress' && before?.label === card.label) {
      const [from, to] = [before.percent ?? 0, card.percent ?? 0];
      if (to < from) backwards.push(`${card.label}: ${from} % to ${to} %`);
    }
    if (card.kind === 'completion') {
      addOne(told, card.label ?? '');
      if (priority >= HEARD && before === undefined) addOne(heard, card.label ?? '');
    }
    cards.set(sequence, card);
  }

  return {
    cards,
    heard,
    told,
    backwards,
    /** What the real client would do with a notification. `half`: only the first of its requests arrives. */
    receive(notification: Notification, half = false) {
      const { kind, key } = notification;
      const [progress, alert] = [progressSequence(INSTANCE, key), alertSequence(INSTANCE, key)];
      if (kind === 'clearance') cards.delete(alert);
      else if (kind === 'dismissal') {
        cards.delete(progress);
        if (notification.alerted && !half) cards.delete(alert);
      } else {
        const card = renderCard(notification, { topic: 'topic', instance: INSTANCE, timeZone: 'UTC' });
        const percent = kind === 'progress' ? notification.tell.percent : null;
        show(card.sequence_id, { kind, label: labelOf(notification), percent }, card.priority);
      }
    },
    /** The person swipes a torrent's completion away. */
    swipe(key: string) {
      cards.delete(`${progressSequence(INSTANCE, key)}-done`);
    },
  };
}

export type Phone = ReturnType<typeof createPhone>;

/** How ntfy ends a request: what reaches the phone of it, and what the sidecar hears. */
export interface Ending {
  arrives: 'whole' | 'half' | 'not';
  answer: Publication | 'never' | 'crash';
}

const failed = (kind: Extract<Publication, { ok: false }>['failure']['kind']) =>
  ({ ok: false, failure: { kind, message: kind } }) as const;

/** The ways in which an ntfy, or the way to it, can be broken. */
export const PHONE_FAULTS = {
  unauthorized: { arrives: 'not', answer: failed('unauthorized') },
  burst: { arrives: 'not', answer: failed('limited') },
  day: { arrives: 'not', answer: failed('exhausted') },
  broken: { arrives: 'not', answer: failed('broken') },
  hang: { arrives: 'not', answer: 'never' },
  lateHang: { arrives: 'whole', answer: 'never' },
  closeBefore: { arrives: 'not', answer: failed('unreachable') },
  closeAfter: { arrives: 'whole', answer: failed('unreachable') },
  closeBetween: { arrives: 'half', answer: failed('unreachable') },
  garbage: { arrives: 'whole', answer: failed('protocol') },
  misdirected: { arrives: 'not', answer: failed('misdirected') },
  crash: { arrives: 'whole', answer: 'crash' },
} as const satisfies Record<string, Ending>;

export type PhoneFault = keyof typeof PHONE_FAULTS;

export const GOOD_ENDING: Ending = { arrives: 'whole', answer: { ok: true, value: { live: true } } };
