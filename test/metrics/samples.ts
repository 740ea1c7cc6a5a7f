/** Parses a metrics page by the grammar of the text format; `real.test.ts` checks that Prometheus parses it too. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics, readingOf } from '../../src/metrics/index.ts';
import type { World } from '../support/world.ts';

/** The values of a page, by `name` or `name{label="value",…}` with the labels in alphabetical order. */
export type Samples = ReadonlyMap<string, number>;

const NAME = /[a-zA-Z_:][\w:]*/;
const LABEL = /[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*"/;
const SAMPLE = new RegExp(
  `^(${NAME.source})(?:\\{(${LABEL.source}(?:,${LABEL.source})*)\\})? ([+-]?(?:Inf|[\\d.]+(?:e[+-]?\\d+)?))$`,
);
const COMMENT = new RegExp(`^# (?:HELP ${NAME.source} .+|TYPE ${NAME.source} (?:counter|gauge|histogram))$`);

/** Throws for an invalid line, and for a series that occurs twice. */
export function readSamples(text: string): Samples {
  assert.ok(text.endsWith('\n'));
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || COMMENT.test(line)) continue;
    const [, name = '', labels, value = ''] =
      SAMPLE.exec(line) ?? assert.fail(`no line of the format: ${line}`);
    const series = labels === undefined ? name : `${name}{${sortLabels(labels)}}`;
    assert.ok(!samples.has(series), `twice: ${series}`);
    samples.set(series, Number(value.replace('Inf', 'Infinity')));
  }
  return samples;
}

const sortLabels = (labels: string): string =>
  (labels.match(new RegExp(LABEL.source, 'g')) ?? []).toSorted().join(',');

/** Requests the metrics of a sidecar, after the cached page has expired. */
export async function scrapeAnew(sidecar: { ops: { port: number } }): Promise<Samples> {
  await sleep(1100);
  return scrape(sidecar);
}

/** Requests the metrics of a sidecar; the page may be a second old. */
export async function scrape({ ops: { port } }: { ops: { port: number } }): Promise<Samples> {
  return readSamples(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
}

/** The changes of one metric: `answer="started",hook="track"` → 1, without unchanged series. */
export function nonZero(samples: Samples, name: string): Record<string, number> {
  const prefix = `${name}{`;
  return Object.fromEntries(
    [...samples]
      .filter(([series, value]) => series.startsWith(prefix) && value !== 0)
      .map(([series, value]) => [series.slice(prefix.length, -1), value]),
  );
}

/** A working store. */
export const well = { kind: 'disk', problem: null } as const;

/** The metrics of a simulated world, which receive its events as in a sidecar. */
export function watch(world: World, health: Parameters<typeof readingOf>[1] = well) {
  const metrics = createMetrics('1.2.3');
  let processed = 0;
  return async () => {
    for (const event of world.events.slice(processed)) metrics.event(event);
    processed = world.events.length;
    const reading = readingOf(world.supervisor, health);
    return readSamples((await metrics.page(reading)).text);
  };
}
