/** Reads a page of metrics by the text format's grammar; whether Prometheus reads it too is `real.test.ts`'s to say. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics, readingOf } from '../../src/metrics/index.ts';
import type { World } from '../support/world.ts';

/** The numbers of a page, by `name` or `name{label="value",…}` with the labels in alphabetical order. */
export type Samples = ReadonlyMap<string, number>;

const NAME = /[a-zA-Z_:][\w:]*/;
const LABEL = /[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*"/;
const SAMPLE = new RegExp(
  `^(${NAME.source})(?:\\{(${LABEL.source}(?:,${LABEL.source})*)\\})? ([+-]?(?:Inf|[\\d.]+(?:e[+-]?\\d+)?))$`,
);
const COMMENT = new RegExp(`^# (?:HELP ${NAME.source} .+|TYPE ${NAME.source} (?:counter|gauge|histogram))$`);

/** Throws where a line is none of the format's, and where a series stands twice. */
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

/** Asks a sidecar for its metrics, once what was rendered before is too old to be sent again. */
export async function scrapeAnew(sidecar: { ops: { port: number } }): Promise<Samples> {
  await sleep(1100);
  return scrape(sidecar);
}

/** Asks a sidecar for its metrics, which may be those of a second ago. */
export async function scrape({ ops: { port } }: { ops: { port: number } }): Promise<Samples> {
  return readSamples(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
}

/** What has changed of one metric: `answer="started",hook="track"` → 1. What did not change is left out. */
export function nonZero(samples: Samples, name: string): Record<string, number> {
  const prefix = `${name}{`;
  return Object.fromEntries(
    [...samples]
      .filter(([series, value]) => series.startsWith(prefix) && value !== 0)
      .map(([series, value]) => [series.slice(prefix.length, -1), value]),
  );
}

/** A store that works. */
export const well = { kind: 'disk', problem: null } as const;

/** The metrics of a world in simulated time, which hear of its events as a sidecar's do. */
export function watch(world: World, health: Parameters<typeof readingOf>[1] = well) {
  const metrics = createMetrics('1.2.3');
  let heard = 0;
  return async () => {
    for (const event of world.events.slice(heard)) metrics.event(event);
    heard = world.events.length;
    const reading = readingOf(world.supervisor, health);
    return readSamples((await metrics.page(reading)).text);
  };
}
