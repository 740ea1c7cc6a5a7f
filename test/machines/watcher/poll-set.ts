/** Follows what looks show, as a torrent does. */
import { observeProgress, NOT_OBSERVED, nextCardState } from '../../../machines/torrent/progress.ts';
import type { Phase, CardState } from '../../../machines/domain.ts';
import { policy, seen } from '../fixtures.ts';

export interface Look {
  phase?: Phase;
  progress?: number;
  eta?: number | null;
  /** Bytes; by default some more arrive while it is downloading. */
  downloaded?: number;
  at: number;
}

/** Follows looks as a torrent does, and returns what the card is told after each of them. */
export function allTellings(looks: Look[], shown: CardState | null = null): Array<CardState | null> {
  let sight = { ...NOT_OBSERVED, percent: shown?.percent ?? 0 };
  let told = shown;
  let downloaded = 0;
  return looks.map(({ at, ...look }) => {
    if ((look.phase ?? 'downloading') === 'downloading') downloaded += 1;
    sight = observeProgress(sight, seen({ downloaded, ...look }), at, { shown: told, policy });
    const news = nextCardState(sight, told, at, policy);
    told = news ?? told;
    return news;
  });
}

/** The same without estimates. */
export const tellings = (looks: Look[], shown: CardState | null = null) =>
  allTellings(looks, shown).map((told) => told && { percent: told.percent, phase: told.phase });

export const downloading = (percent: number): CardState => ({ percent, phase: 'downloading' });
