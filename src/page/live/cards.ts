import { formatTime } from '../../format/clock.ts';
import { cardId, previewCard, previewCards } from '../html/preview.ts';
import type { Clock } from '../html/torrent.ts';
import type { PreviewCard } from '../preview.ts';
import { clockOf } from '../view-model.ts';
import type { PageSources } from '../view-model.ts';
import type { PatchLog } from './patch-log.ts';

/** The cards of the phone. Only those that changed are rendered again, and all when their order did. */
export interface Cards {
  /** Renders what changed since the last call. */
  refresh(): void;
}

export function createCards(sources: PageSources, patchLog: PatchLog): Cards {
  const { preview } = sources;
  let version = -1;
  let renderedAt: number | null = null;
  let sent: readonly PreviewCard[] = [];

  function renderAll(cards: readonly PreviewCard[], clock: Clock): void {
    const left = new Set(cards.map(({ id }) => id));
    for (const { id } of sent) if (!left.has(id)) patchLog.remove(cardId(id));
    patchLog.put('cards', String(previewCards(cards, clock)));
  }

  function renderChanged(cards: readonly PreviewCard[], clock: Clock): void {
    for (const [index, card] of cards.entries())
      if (card !== sent[index]) patchLog.put(cardId(card.id), String(previewCard(card, clock)));
  }

  return {
    refresh() {
      const clock = clockOf(sources);
      const isLater = renderedAt === null || isOtherDay(renderedAt, clock);
      if (preview.version === version && !isLater) return;
      const cards = preview.list();
      if (isLater || !isSameOrder(cards, sent)) renderAll(cards, clock);
      else renderChanged(cards, clock);
      version = preview.version;
      renderedAt = clock.now;
      sent = cards;
    },
  };
}

/** Whether the day has changed since: times of another day have a date. */
const isOtherDay = (at: number, clock: Clock): boolean =>
  formatTime(at / 1000, clock.now, clock) !== formatTime(at / 1000, at, clock);

/** A card that becomes silent moves to another list. */
const isSameOrder = (cards: readonly PreviewCard[], before: readonly PreviewCard[]): boolean =>
  cards.length === before.length &&
  cards.every(({ id, priority }, index) => before[index]?.id === id && before[index].priority === priority);
