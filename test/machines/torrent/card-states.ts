/** The card states that a torrent requests after a series of polls. */
import { observeProgress, NOT_OBSERVED, nextCardState } from '../../../machines/torrent/progress.ts';
import type { Phase, CardState } from '../../../machines/domain.ts';
import { policy, seen } from '../fixtures.ts';

/** The result of one poll for one torrent. */
export interface Poll {
  phase?: Phase;
  progress?: number;
  eta?: number | null;
  /** Bytes. Default: one more for each poll while it is downloading. */
  downloaded?: number;
  at: number;
}

/** The requested card state after each poll; `null` for none. Each is accepted before the next poll. */
export function cardStates(polls: Poll[], initial: CardState | null = null): Array<CardState | null> {
  let progress = { ...NOT_OBSERVED, percent: initial?.percent ?? 0 };
  let shown = initial;
  let downloaded = 0;
  return polls.map(({ at, ...poll }) => {
    if ((poll.phase ?? 'downloading') === 'downloading') downloaded += 1;
    progress = observeProgress(progress, seen({ downloaded, ...poll }), at, { shown, policy });
    const next = nextCardState(progress, shown, at, policy);
    shown = next ?? shown;
    return next;
  });
}

/** The same without estimates. */
export const percentsAndPhases = (polls: Poll[], initial: CardState | null = null) =>
  cardStates(polls, initial).map((state) => state && { percent: state.percent, phase: state.phase });

export const downloading = (percent: number): CardState => ({ percent, phase: 'downloading' });
