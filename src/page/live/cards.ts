import { cardId, previewCard, previewCards } from '../html/preview.ts';
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
  let sent: readonly PreviewCard[] | null = null;

  function render(cards: readonly PreviewCard[], before: readonly PreviewCard[] | null): void {
    const clock = clockOf(sources);
    if (before === null || !isSameOrder(cards, before)) {
      const left = new Set(cards.map(({ id }) => id));
      for (const { id } of before ?? []) if (!left.has(id)) patchLog.remove(cardId(id));
      patchLog.put('cards', String(previewCards(cards, clock)));
      return;
    }
    for (const [index, card] of cards.entries())
      if (card !== before[index]) patchLog.put(cardId(card.id), String(previewCard(card, clock)));
  }

  return {
    refresh() {
      if (preview.version === version) return;
      version = preview.version;
      const cards = preview.list();
      render(cards, sent);
      sent = cards;
    },
  };
}

/** A card that becomes silent moves to another list. */
const isSameOrder = (cards: readonly PreviewCard[], before: readonly PreviewCard[]): boolean =>
  cards.length === before.length &&
  cards.every(({ id, priority }, index) => before[index]?.id === id && before[index].priority === priority);
