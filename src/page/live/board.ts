import { createInspector } from '../../inspector/index.ts';
import { logBug } from '../../log/bug.ts';
import type { Logger } from '../../log/index.ts';
import { eachTorrent, speedOf } from '../../app/status.ts';
import type { Shown } from '../actors.ts';
import { board, ROWS, said, summary } from '../html/board.ts';
import type { Html } from '../html/html.ts';
import { torrentRow } from '../html/torrent.ts';
import { keysOf, createViewModel } from '../look.ts';
import type { Subject } from '../look.ts';
import { startBroadcast } from './broadcast.ts';
import type { Broadcast } from './broadcast.ts';
import { openChart } from './chart.ts';
import type { Viewer } from './viewer.ts';

/** Viewers at once. */
const MAX_VIEWERS = 32;

/** The page's parts, each as it is now. */
export interface Parts {
  summary: Html;
  /** With `ROWS` where the rows of the torrents belong. */
  board: Html;
  said: Html;
  /** `null` while no chart is open. */
  chart: Html | null;
}

export interface LiveBoard {
  /** How things are now; nothing goes on after it. */
  draw(shown: Shown | null): Parts;
  /** The rows of all torrents, each drawn when its turn comes. */
  rows(): Iterable<string>;
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
    let speed = 0;
    for (const key of keysOf(subject.supervisor).keys()) speed += speedOf(subject.supervisor, key);
    const look = createViewModel(subject, speed);
    return {
      summary: summary(look),
      board: board(look, ROWS),
      said: said(look),
      chart: shown === null ? null : openChart(shown, subject, inspector).body(),
    };
  }

  function* rows(): Generator<string> {
    const clock = { now: subject.now(), timeZone: subject.timeZone };
    for (const torrent of eachTorrent(subject.supervisor)) yield String(torrentRow(torrent, clock));
  }

  return {
    draw,
    rows,
    join(shown, after) {
      const onEnd = () => (broadcast = null);
      broadcast ??= startBroadcast({ subject, inspector, onEnd, onError });
      return broadcast.viewers < MAX_VIEWERS ? broadcast.add(shown, after) : null;
    },
    close: () => broadcast?.end(),
  };
}
