import type { Happening, Inspector } from '../../inspector/index.ts';
import type { Shown } from '../actors.ts';
import type { Html } from '../html/html.ts';
import type { Subject } from '../look.ts';
import { openChart } from './chart.ts';
import type { OpenChart } from './chart.ts';
import type { Change } from './journal.ts';

/** The charts that somebody has open. */
export interface OpenCharts {
  /** Opens a chart, or counts one more reader of it. */
  open(shown: Shown): Html;
  close(shown: Shown): void;
  note(happening: Happening): void;
  /** What looks different since the last time. */
  look(shown: Shown): Change[];
}

interface Reading {
  chart: OpenChart;
  readers: number;
  /** What its readers have, by element. */
  sent: Map<string, string>;
}

export function createCharts(subject: Subject, inspector: Inspector): OpenCharts {
  const open = new Map<string, Reading>();
  return {
    open(shown) {
      const reading = open.get(shown.id) ?? {
        chart: openChart(shown, subject, inspector),
        readers: 0,
        sent: new Map<string, string>(),
      };
      reading.readers += 1;
      open.set(shown.id, reading);
      return reading.chart.body();
    },
    close({ id }) {
      const reading = open.get(id);
      if (reading === undefined) return;
      reading.readers -= 1;
      if (reading.readers === 0) open.delete(id);
    },
    note(happening) {
      for (const { chart } of open.values()) chart.note(happening);
    },
    look({ id }) {
      const { chart, sent } = open.get(id) ?? {};
      if (chart === undefined || sent === undefined) return [];
      const parts = chart.parts().map(({ id, html }) => [id, String(html)] as const);
      const changed = parts.filter(([id, html]) => sent.get(id) !== html);
      for (const [id, html] of changed) sent.set(id, html);
      return changed;
    },
  };
}
