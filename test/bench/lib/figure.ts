/** A figure: rows with several runs each, beside a floor or a peer of the same runs. */
import { median } from './stats.ts';

export type Unit =
  | 'ms'
  | 's'
  | 'MB'
  | 'KB'
  | 'bytes'
  | 'per minute'
  | 'messages'
  | 'torrents'
  | 'times'
  | 'count';

/** The comparison, measured in the same runs, in turns. */
export interface Peer {
  what: string;
  runs: readonly number[];
}

/** The target of a row, and whether it is met. */
export interface Reach {
  text: string;
  holds: boolean;
}

/** One line of the table. */
export interface Row {
  what: string;
  unit: Unit;
  /** One value a run; the table has their median. */
  runs: readonly number[];
  peer?: Peer;
  reach?: Reach;
  /** An explanation in a few words. */
  note?: string;
}

/** The options of a bench run. */
export interface Context {
  /** Few and short rounds, as a smoke test: nothing is written. */
  quick: boolean;
  /** Prints the progress. */
  say: (line: string) => void;
}

/** One figure: a file below `figures/`. */
export interface Figure {
  /** Its name on the command line: `npm run bench -- idle`. */
  name: string;
  title: string;
  /** How it is measured, for the document. */
  how: string;
  measure: (context: Context) => Promise<Row[]>;
}

/** The ratio of its median to its peer's. They run in turns, so that noise affects both. */
export function ratioOf({ runs, peer }: Row): number | null {
  if (peer === undefined) return null;
  const ratio = median(runs) / median(peer.runs);
  return Number.isFinite(ratio) ? ratio : null;
}

/** Compares a row's median with a limit. */
export function atMost(limit: number, text: string, row: Omit<Row, 'reach'>): Row {
  return { ...row, reach: { text, holds: median(row.runs) <= limit } };
}

/** Compares each run of a row with a limit. */
export function eachAtMost(limit: number, text: string, row: Omit<Row, 'reach'>): Row {
  return { ...row, reach: { text, holds: row.runs.every((run) => run <= limit) } };
}

/** Compares a row's ratio to its peer with a limit; a row of 0 meets any limit when its peer is 0. */
export function atMostTimes(limit: number, text: string, row: Omit<Row, 'reach'>): Row {
  const beside = median(row.peer?.runs ?? []);
  return { ...row, reach: { text, holds: median(row.runs) <= limit * beside } };
}
