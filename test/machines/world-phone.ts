import type { Notification } from '../../machines/domain.ts';

/** What the person sees and hears: a card for each torrent's progress, and one for each completion. */
const SUFFIXES: Partial<Record<Notification['kind'], string>> = { completion: '-done', alert: '-err' };

export function createPhone() {
  const cards = new Map<string, Notification>();
  const accepted: Notification[] = [];
  return {
    cards,
    accepted,
    receive(notification: Notification) {
      const { kind, key } = notification;
      accepted.push(notification);
      if (kind === 'dismissal') cards.delete(key);
      if (kind === 'dismissal' || kind === 'clearance') cards.delete(`${key}-err`);
      else cards.set(`${key}${SUFFIXES[kind] ?? ''}`, notification);
    },
  };
}

export type Phone = ReturnType<typeof createPhone>;
