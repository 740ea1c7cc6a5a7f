import type { ActorStep, Inspector } from '../../inspector/index.ts';
import type { ShownActor } from '../actors.ts';
import type { Html } from '../html/html.ts';
import type { PageSources } from '../view-model.ts';
import { openChart } from './chart.ts';
import type { OpenChart } from './chart.ts';
import type { Patch } from './patch-log.ts';

/** The charts that viewers have open. */
export interface OpenCharts {
  /** Opens a chart, or adds a reader to it. */
  open(shown: ShownActor): Html;
  close(shown: ShownActor): void;
  addStep(step: ActorStep): void;
  /** What changed since the last call. */
  changes(shown: ShownActor): Patch[];
}

interface ChartReaders {
  chart: OpenChart;
  readers: number;
  /** The elements that the readers have. */
  sent: Map<string, string>;
}

export function createCharts(sources: PageSources, inspector: Inspector): OpenCharts {
  const open = new Map<string, ChartReaders>();
  return {
    open(shown) {
      const reading = open.get(shown.id) ?? {
        chart: openChart(shown, sources, inspector),
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
    addStep(step) {
      for (const { chart } of open.values()) chart.addStep(step);
    },
    changes({ id }) {
      const { chart, sent } = open.get(id) ?? {};
      if (chart === undefined || sent === undefined) return [];
      const parts = chart.parts().map(({ id, html }) => [id, String(html)] as const);
      const changed = parts.filter(([id, html]) => sent.get(id) !== html);
      for (const [id, html] of changed) sent.set(id, html);
      return changed;
    },
  };
}
