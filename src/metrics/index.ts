import { createCallCounters, createEventCounters } from './counters.ts';
import { createGauges, createProcessGauges } from './gauges.ts';
import { createInstruments } from './instruments.ts';
import type { Reading } from './reading.ts';

export { countNtfy, countQbittorrent } from './calls.ts';
export type { Call } from './calls.ts';
export type { HookName } from './labels.ts';
export { readingOf } from './reading.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** What a scrape is answered. */
export interface Page {
  /** Content type. */
  type: string;
  text: string;
}

/**
 * The numbers for Prometheus. Counting is an addition; all else is looked up when somebody asks, so that nobody who
 * does not look pays for it: no timer, no monitor. No label is a hash, a name or a topic.
 *
 * @example
 * const metrics = createMetrics(version);
 * metrics.hook('track', 'started');
 * const { type, text } = await metrics.page(readingOf(supervisor, store.health));
 */
export function createMetrics(version: string) {
  const instruments = createInstruments();
  const gauges = createGauges(instruments, version);
  const process = createProcessGauges(instruments);
  return {
    ...createEventCounters(instruments),
    ...createCallCounters(instruments),
    async page(reading: Reading): Promise<Page> {
      gauges.set(reading);
      await process.set();
      // Prometheus's own text: as OpenMetrics, prom-client would rename its counters for good.
      const { registry } = instruments;
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
