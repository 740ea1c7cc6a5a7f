/** Rows as text. */
import { ratioOf } from './figure.ts';
import type { Row, Unit } from './figure.ts';
import { median } from './stats.ts';

/** The result of one figure. */
export interface Measured {
  name: string;
  rows: Row[];
  seconds: number;
  /** The machine's load before and after. */
  load: [number, number];
}

const HEAD = ['what', 'median', 'compared with (same run)', 'ratio', 'limit', 'held'];

/** A Markdown table. */
export function table(rows: readonly Row[]): string {
  const lines = [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellsOf(row: Row): string[] {
  const { what, unit, runs, peer, reach, note } = row;
  const ratio = ratioOf(row);
  return [
    note === undefined ? what : `${what} (${note})`,
    `${withUnit(median(runs), unit)}${range(runs)}`,
    peer === undefined ? '' : `${withUnit(median(peer.runs), unit)}${range(peer.runs)}: ${peer.what}`,
    ratio === null ? '' : rounded(ratio),
    reach?.text ?? '',
    reach === undefined ? '' : reach.holds ? 'yes' : '**no**',
  ];
}

/** The range of the runs, and their number: the effect of noise. */
function range(runs: readonly number[]): string {
  if (runs.length === 1) return '';
  return ` (${runs.length} runs: ${rounded(Math.min(...runs))} to ${rounded(Math.max(...runs))})`;
}

const withUnit = (value: number, unit: Unit): string =>
  unit === 'count' ? rounded(value) : `${rounded(value)} ${unit}`;

/** Three digits: such a measurement is not more exact. */
function rounded(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
