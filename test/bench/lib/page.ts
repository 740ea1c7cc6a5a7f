/** The output of the bench: docs/benchmarks.md (between its markers) and docs/benchmarks.json. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figures } from '../figures/index.ts';
import { ratioOf } from './figure.ts';
import { describeMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import { ROOT, readShipped } from '../../../src/development/shipped.ts';
import { median, spread } from './stats.ts';
import { table } from './table.ts';
import type { Measured } from './table.ts';

const JSON_FILE = join(ROOT, 'docs', 'benchmarks.json');
const PAGE = join(ROOT, 'docs', 'benchmarks.md');
const MARKERS = ['<!-- figures -->', '<!-- /figures -->'] as const;

/** A stored figure: its rows with the derived values. */
interface Kept extends Measured {
  /** ISO 8601. */
  at: string;
  machine: Machine;
}

/** Replaces the earlier results of these figures; the others are unchanged. */
export function save(measured: readonly Measured[]): void {
  const kept = new Map(read().map((figure) => [figure.name, figure]));
  const at = new Date().toISOString();
  const machine = describeMachine();
  for (const figure of measured) kept.set(figure.name, { at, machine, ...figure });
  const all = figures.flatMap(({ name }) => kept.get(name) ?? []);
  writeFileSync(
    JSON_FILE,
    `${JSON.stringify({ shipped: readShipped(), figures: all.map(withReckoned) }, null, 1)}\n`,
  );
  const [before, after] = readFileSync(PAGE, 'utf8').split(new RegExp(`${MARKERS[0]}[^]*${MARKERS[1]}`));
  writeFileSync(PAGE, `${before}${MARKERS[0]}\n${all.map(section).join('\n')}${MARKERS[1]}${after}`);
}

function read(): Kept[] {
  if (!existsSync(JSON_FILE)) return [];
  return (JSON.parse(readFileSync(JSON_FILE, 'utf8')) as { figures: Kept[] }).figures;
}

const withReckoned = (figure: Kept) => ({
  ...figure,
  rows: figure.rows.map((row) => ({
    ...row,
    median: median(row.runs),
    spread: spread(row.runs),
    ratio: ratioOf(row),
  })),
});

function section({ name, rows, seconds, load, at, machine }: Kept): string {
  const figure = figures.find((figure) => figure.name === name);
  return `
## ${figure?.title}

${figure?.how}

${table(rows)}

Measured ${at.slice(0, 10)} in ${seconds} s on ${machine.cores} cores (${machine.model}, ${machine.system}, Node ${machine.node}); load of the machine ${load[0]} before, ${load[1]} after.
`;
}
