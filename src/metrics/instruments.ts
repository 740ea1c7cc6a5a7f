import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';

/** Labels with their values. */
type Labels = Record<string, string>;

/**
 * Creates instruments in a registry of their own. All series exist with 0 from the start, except those of rules, which
 * change: Prometheus cannot alert on series that are absent.
 */
export function createInstruments() {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, series: readonly Labels[] = []) => {
    const made = new Counter({ name, help, labelNames: namesOf(series), registers });
    for (const labels of series) made.inc(labels, 0);
    return made;
  };
  const gauge = (
    name: string,
    help: string,
    series: readonly Labels[] = [],
    labelNames: readonly string[] = namesOf(series),
  ) => {
    const made = new Gauge({ name, help, labelNames: [...labelNames], registers });
    for (const labels of series) made.set(labels, 0);
    return made;
  };
  const histogram = (name: string, help: string, buckets: number[], series: readonly Labels[]) => {
    const made = new Histogram({ name, help, buckets, labelNames: namesOf(series), registers });
    for (const labels of series) made.zero(labels);
    return made;
  };
  return { registry, counter, gauge, histogram };
}

export type Instruments = ReturnType<typeof createInstruments>;

/** One series for each value of a label. */
export const each = (label: string, values: readonly string[]): Labels[] =>
  values.map((value) => ({ [label]: value }));

/** One series for each pair of values of two labels. */
export const pairs = (one: string, ones: readonly string[], other: string, others: readonly string[]) =>
  ones.flatMap((value) => others.map((second): Labels => ({ [one]: value, [other]: second })));

const namesOf = ([labels = {}]: readonly Labels[]): string[] => Object.keys(labels);
