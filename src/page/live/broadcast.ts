import { randomBytes } from 'node:crypto';
import type { Inspector } from '../../inspector/index.ts';
import type { Shown } from '../actors.ts';
import { partsOf } from '../html/board.ts';
import { lookAt } from '../look.ts';
import type { Subject } from '../look.ts';
import { createCharts } from './charts.ts';
import { createJournal } from './journal.ts';
import type { Change } from './journal.ts';
import { startPulse } from './pulse.ts';
import { createRows } from './rows.ts';
import { createMailbox } from './viewer.ts';
import type { Mailbox, Viewer } from './viewer.ts';

/** From the first viewer to the last. */
export interface Broadcast {
  /** @param everything what a viewer gets that was not there before, or too long ago */
  add(shown: Shown | null, after: string, everything: () => Change[]): Viewer;
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
      const changes = drawing.look();
      const byChart = Map.groupBy(viewers, ([, shown]) => shown?.id);
      for (const readers of byChart.values()) {
        const shown = readers[0]?.[1] ?? null;
        const news = [...changes, ...(shown === null ? [] : charts.look(shown))];
        for (const [mailbox] of readers) mailbox.deliver(news, journal.version, isHeartbeat);
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
    add(shown, after, everything) {
      const mailbox = createMailbox(leave);
      viewers.set(mailbox, shown);
      const changes = journal.since(after) ?? everything();
      const chart: Change[] = shown === null ? [] : [['chart-body', String(charts.open(shown))]];
      mailbox.deliver([...changes, ...chart], journal.version, true);
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

  /** What is another than at the last look. */
  function look(): Change[] {
    const torrents = rows.look();
    const parts = partsOf(lookAt(subject, rows.speed()));
    return [...torrents, ...parts.flatMap(({ id, html }) => journal.put(id, String(html)))];
  }
  look();
  return { journal, charts, look, watch };
}
