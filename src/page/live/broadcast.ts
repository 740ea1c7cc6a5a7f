import { randomBytes } from 'node:crypto';
import type { Inspector } from '../../inspector/index.ts';
import { eachTorrent } from '../../app/status.ts';
import type { Shown } from '../actors.ts';
import { board, partsOf, said, summary } from '../html/board.ts';
import { createViewModel } from '../look.ts';
import type { Subject } from '../look.ts';
import { createCharts } from './charts.ts';
import { createJournal } from './journal.ts';
import type { Change } from './journal.ts';
import { startPulse } from './pulse.ts';
import { createRows } from './rows.ts';
import { createMailbox } from './viewer.ts';
import type { Mailbox, Viewer } from './viewer.ts';

/** Rows that a viewer gets with the first message; few enough to be made at once. */
const FIRST_ROWS = 100;

/** From the first viewer to the last. */
export interface Broadcast {
  /** @param after where the viewer was before */
  add(shown: Shown | null, after: string): Viewer;
  readonly viewers: number;
  /** Sends everybody away, which ends it. */
  end(): void;
}

export interface BroadcastOptions {
  subject: Subject;
  inspector: Inspector;
  /** Hears that the last viewer went away: no listener and no timer is left. */
  onEnd: () => void;
  onError: (error: unknown) => void;
}

export function startBroadcast({ subject, inspector, onEnd, onError }: BroadcastOptions): Broadcast {
  const viewers = new Map<Mailbox, Shown | null>();
  const drawing = createDrawing(subject, inspector);
  const { journal, charts } = drawing;
  const pulse = startPulse((isHeartbeat) => {
    try {
      if (drawing.look()) pulse.move();
      const byChart = Map.groupBy(viewers, ([, shown]) => shown?.id);
      for (const readers of byChart.values()) {
        const shown = readers[0]?.[1] ?? null;
        const news = shown === null ? [] : charts.look(shown);
        for (const [mailbox] of readers) {
          mailbox.deliver(news);
          mailbox.wake(isHeartbeat);
        }
      }
    } catch (error) {
      onError(error);
    }
  });
  const stopDrawing = drawing.watch(() => pulse.move());

  function leave(mailbox: Mailbox): void {
    const shown = viewers.get(mailbox);
    viewers.delete(mailbox);
    if (shown) charts.close(shown);
    if (viewers.size > 0) return;
    pulse.stop();
    stopDrawing();
    onEnd();
  }

  return {
    add(shown, after) {
      const known = journal.parse(after);
      const missing = known === null ? drawing.everything() : { first: '', rest: null };
      const mailbox = createMailbox({ journal, ...missing, after: known ?? journal.version, onLeave: leave });
      viewers.set(mailbox, shown);
      if (shown !== null) mailbox.deliver([['chart-body', String(charts.open(shown))]]);
      return mailbox;
    },
    get viewers() {
      return viewers.size;
    },
    end() {
      for (const mailbox of viewers.keys()) mailbox.leave();
    },
  };
}

/** The page's elements as they were last seen, kept by what the actors do. */
function createDrawing(subject: Subject, inspector: Inspector) {
  const journal = createJournal(randomBytes(6).toString('hex'));
  const rows = createRows(subject, journal);
  const charts = createCharts(subject, inspector);
  /** Follows what the actors do, until the returned function is called. */
  const watch = (onMove: () => void) =>
    inspector.watch((happening) => {
      rows.note(happening);
      charts.note(happening);
      onMove();
    });

  /** Writes down what is another than at the last look; `true`: not all of it yet. */
  function look(): boolean {
    const isBehind = rows.look();
    for (const { id, html } of partsOf(createViewModel(subject, rows.speed()))) journal.put(id, String(html));
    return isBehind;
  }

  /** What a viewer gets that was not there before, or too long ago: the top of the page at once, all else in pieces. */
  function everything(): { first: string; rest: Iterator<Change> | null } {
    const torrents = firstOf(eachTorrent(subject.supervisor), FIRST_ROWS);
    const now = createViewModel(subject, rows.speed());
    const isWhole = now.count <= torrents.length;
    const first = `${summary(now)}${board(now, torrents, isWhole ? '' : 'data-more')}${said(now)}`;
    return { first, rest: isWhole ? null : rows.all() };
  }
  look();
  return { journal, charts, look, everything, watch };
}

function firstOf<T>(items: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.length === count) break;
    first.push(item);
  }
  return first;
}
