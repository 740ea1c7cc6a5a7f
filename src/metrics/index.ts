import { createCallCounters, createEventCounters } from './counters.ts';
import { createGauges, createProcessGauges } from './gauges.ts';
import { createInstruments } from './instruments.ts';
import type { Reading } from './reading.ts';

export { countNtfy, countQbittorrent } from './calls.ts';
export type { Call } from './calls.ts';
export type { HookName } from './labels.ts';
export { readingOf } from './reading.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** The answer to a scrape. */
export interface Page {
  /** Content type. */
  type: string;
  text: string;
}

/**
 * The metrics for Prometheus. Counters are incremented by events; everything else is read at the scrape, so there is no
 * timer and no monitor. No label is a hash, the name of a torrent or a topic.
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
      // The Prometheus text format: with OpenMetrics, prom-client would rename the counters permanently.
      const { registry } = instruments;
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
