import { createInspector } from '../../inspector/index.ts';
import { logBug } from '../../log/bug.ts';
import type { Logger } from '../../log/index.ts';
import { eachTorrent, speedOf } from '../../app/status.ts';
import type { ShownActor } from '../actors.ts';
import { announcement, board, ROWS, summary } from '../html/board.ts';
import type { Html } from '../html/html.ts';
import { torrentRow } from '../html/torrent.ts';
import { clockOf, keysOf, createViewModel } from '../view-model.ts';
import type { PageSources } from '../view-model.ts';
import { startBroadcast } from './broadcast.ts';
import type { Broadcast } from './broadcast.ts';
import { openChart } from './chart.ts';
import type { Viewer } from './viewer.ts';

/** Open streams at the same time. */
const MAX_VIEWERS = 32;

/** The parts of the page as they are now. */
export interface Parts {
  summary: Html;
  /** With `ROWS` in place of the torrents' rows. */
  board: Html;
  announcement: Html;
  /** `null` while no chart is open. */
  chart: Html | null;
}

export interface LiveBoard {
  /** Renders the page once. */
  render(shown: ShownActor | null): Parts;
  /** The rows of all torrents, rendered one by one. */
  rows(): Iterable<string>;
  /**
   * Adds a viewer: it receives the whole page, then the changes.
   *
   * @param after ID of the last message that it received before: if known, it receives only the changes since
   * @returns `null` if there are too many viewers
   */
  join(shown: ShownActor | null, after: string): Viewer | null;
  /** Disconnects all viewers. */
  close(): void;
}

/**
 * The live page. The first viewer starts the inspection of the actors, the last one stops it: without viewers there is no
 * listener and no timer, and no state is stored.
 */
export function createBoard(sources: PageSources, log: Logger): LiveBoard {
  const onError = (error: unknown) => logBug(log, 'could not render the page', error);
  const inspector = createInspector(sources.supervisor, { now: sources.now, onError });
  let broadcast: Broadcast | null = null;

  function render(shown: ShownActor | null): Parts {
    let speed = 0;
    for (const key of keysOf(sources.supervisor).keys()) speed += speedOf(sources.supervisor, key);
    const view = createViewModel(sources, speed);
    return {
      summary: summary(view),
      board: board(view, ROWS),
      announcement: announcement(view),
      chart: shown === null ? null : openChart(shown, sources, inspector).body(),
    };
  }

  function* rows(): Generator<string> {
    const clock = clockOf(sources);
    for (const torrent of eachTorrent(sources.supervisor)) {
      const points = sources.speeds.of(torrent.hash, clock.now);
      yield String(torrentRow(torrent, clock, points));
    }
  }

  return {
    render,
    rows,
    join(shown, after) {
      const onEnd = () => (broadcast = null);
      broadcast ??= startBroadcast({ sources, inspector, onEnd, onError });
      return broadcast.viewers < MAX_VIEWERS ? broadcast.add(shown, after) : null;
    },
    close: () => broadcast?.end(),
  };
}
