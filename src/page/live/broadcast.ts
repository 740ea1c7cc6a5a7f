import { randomBytes } from 'node:crypto';
import type { Inspector } from '../../inspector/index.ts';
import { eachTorrent } from '../../app/status.ts';
import type { ShownActor } from '../actors.ts';
import { announcement, board, partsOf, summary } from '../html/board.ts';
import { createViewModel } from '../view-model.ts';
import type { PageSources } from '../view-model.ts';
import { createCards } from './cards.ts';
import { createCharts } from './charts.ts';
import { createLines } from './lines.ts';
import { createPatchLog } from './patch-log.ts';
import type { Patch } from './patch-log.ts';
import { startTicker } from './ticker.ts';
import { createRows } from './rows.ts';
import { createViewerFeed } from './viewer.ts';
import type { ViewerFeed, Viewer } from './viewer.ts';

/** Rows in the first message to a viewer; few enough to render in one turn. */
const FIRST_ROWS = 100;

/** The live updates while the page has viewers. */
export interface Broadcast {
  /** @param after ID of the last message that the viewer received before */
  add(shown: ShownActor | null, after: string): Viewer;
  readonly viewers: number;
  /** Disconnects all viewers, which ends the broadcast. */
  end(): void;
}

export interface BroadcastOptions {
  sources: PageSources;
  inspector: Inspector;
  /** Called after the last viewer left: no listener and no timer remains. */
  onEnd: () => void;
  onError: (error: unknown) => void;
}

export function startBroadcast({ sources, inspector, onEnd, onError }: BroadcastOptions): Broadcast {
  const viewers = new Map<ViewerFeed, ShownActor | null>();
  const renderer = createRenderer(sources, inspector);
  const { patchLog, charts } = renderer;
  const ticker = startTicker((isHeartbeat) => {
    try {
      if (renderer.refresh()) ticker.schedule();
      const byChart = Map.groupBy(viewers, ([, shown]) => shown?.id);
      for (const readers of byChart.values()) {
        const shown = readers[0]?.[1] ?? null;
        const patches = shown === null ? [] : charts.changes(shown);
        for (const [feed] of readers) {
          feed.deliver(patches);
          feed.notify(isHeartbeat);
        }
      }
    } catch (error) {
      onError(error);
    }
  });
  const stopWatching = renderer.watch(() => ticker.schedule());

  function leave(feed: ViewerFeed): void {
    const shown = viewers.get(feed);
    viewers.delete(feed);
    if (shown) charts.close(shown);
    if (viewers.size > 0) return;
    ticker.stop();
    stopWatching();
    onEnd();
  }

  return {
    add(shown, after) {
      const known = patchLog.parse(after);
      const missing = known === null ? renderer.snapshot() : { first: '', rest: null };
      const feed = createViewerFeed({
        patchLog,
        ...missing,
        after: known ?? patchLog.version,
        onLeave: leave,
      });
      viewers.set(feed, shown);
      if (shown !== null) feed.deliver([['chart-body', String(charts.open(shown))]]);
      return feed;
    },
    get viewers() {
      return viewers.size;
    },
    end() {
      for (const feed of viewers.keys()) feed.leave();
    },
  };
}

/** Renders the page's elements and updates them by the steps of the actors. */
function createRenderer(sources: PageSources, inspector: Inspector) {
  const patchLog = createPatchLog(randomBytes(6).toString('hex'));
  const rows = createRows(sources, patchLog);
  const lines = createLines(sources, patchLog);
  const cards = createCards(sources, patchLog);
  const charts = createCharts(sources, inspector);
  /** Watches the actors until the returned function is called. */
  const watch = (onStep: () => void) =>
    inspector.watch((step) => {
      rows.addStep(step);
      charts.addStep(step);
      onStep();
    });

  /** Adds the changes since the last refresh to the patch log; `true`: some rows are left. */
  function refresh(): boolean {
    const rowsAreBehind = rows.refresh();
    const linesAreBehind = lines.refresh();
    cards.refresh();
    for (const { id, html } of partsOf(createViewModel(sources, rows.speed())))
      patchLog.put(id, String(html));
    return rowsAreBehind || linesAreBehind;
  }

  /** The whole page for a new viewer: its top as the first message, the other rows in pieces. */
  function snapshot(): { first: string; rest: Iterator<Patch> | null } {
    const torrents = firstOf(eachTorrent(sources.supervisor), FIRST_ROWS);
    const now = createViewModel(sources, rows.speed());
    const isWhole = now.count <= torrents.length;
    const first = `${summary(now)}${board(now, torrents, isWhole ? '' : 'data-more')}${announcement(now)}`;
    return { first, rest: isWhole ? null : rows.all() };
  }
  refresh();
  return { patchLog, charts, refresh, snapshot, watch };
}

function firstOf<T>(items: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.length === count) break;
    first.push(item);
  }
  return first;
}
