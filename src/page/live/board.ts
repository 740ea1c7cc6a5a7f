import { createInspector } from '../../inspector/index.ts';
import { logBug } from '../../log/bug.ts';
import type { Logger } from '../../log/index.ts';
import type { Shown } from '../actors.ts';
import { board, said, summary } from '../html/board.ts';
import type { Html } from '../html/html.ts';
import { lookAt, torrentsOf } from '../look.ts';
import type { Subject } from '../look.ts';
import { startBroadcast } from './broadcast.ts';
import type { Broadcast } from './broadcast.ts';
import { openChart } from './chart.ts';
import type { Change } from './journal.ts';
import type { Viewer } from './viewer.ts';

/** Viewers at once. */
const MOST = 32;

/** The page's parts, each as it is now. */
export interface Parts {
  summary: Html;
  board: Html;
  said: Html;
  /** `null` while no chart is open. */
  chart: Html | null;
}

export interface LiveBoard {
  /** How things are now; nothing goes on after it. */
  draw(shown: Shown | null): Parts;
  /**
   * Lets somebody look: first everything, then what changes.
   *
   * @param after where this viewer was before: it gets only what is another since, if that is known
   * @returns `null` when too many look already
   */
  join(shown: Shown | null, after: string): Viewer | null;
  /** Sends everybody away. */
  close(): void;
}

/**
 * What the page shows, live. The first viewer starts the inspection of the actors, the last one ends it: with the page
 * closed there is no listener, no timer and nothing kept.
 */
export function createBoard(subject: Subject, log: Logger): LiveBoard {
  const onError = (error: unknown) => logBug(log, 'the page could not be drawn', error);
  const inspector = createInspector(subject.supervisor, { now: subject.now, onError });
  let broadcast: Broadcast | null = null;

  function draw(shown: Shown | null): Parts {
    const torrents = torrentsOf(subject.supervisor);
    const look = lookAt(
      subject,
      torrents.reduce((sum, { speed }) => sum + speed, 0),
    );
    return {
      summary: summary(look),
      board: board(look, torrents),
      said: said(look),
      chart: shown === null ? null : openChart(shown, subject, inspector).body(),
    };
  }

  return {
    draw,
    join(shown, after) {
      const onEnd = () => (broadcast = null);
      broadcast ??= startBroadcast({ subject, inspector, onEnd, onError });
      return broadcast.viewers < MOST ? broadcast.add(shown, after, () => everything(draw(null))) : null;
    },
    close: () => broadcast?.end(),
  };
}

const everything = ({ summary, board, said }: Parts): Change[] => [
  ['summary', String(summary)],
  ['board', String(board)],
  ['said', String(said)],
];
