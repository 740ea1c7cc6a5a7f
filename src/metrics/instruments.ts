import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';

/** Labels with their values. */
type Labels = Record<string, string>;

/**
 * Makes instruments that write to one registry of their own. Each is there with 0 for all its series from the start:
 * what is absent until it first happens can't be alerted on.
 */
export function createInstruments() {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, series: readonly Labels[] = []) => {
    const made = new Counter({ name, help, labelNames: namesOf(series), registers });
    for (const labels of series) made.inc(labels, 0);
    return made;
  };
  const gauge = (name: string, help: string, series: readonly Labels[] = []) => {
    const made = new Gauge({ name, help, labelNames: namesOf(series), registers });
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
