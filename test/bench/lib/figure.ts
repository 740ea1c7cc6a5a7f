/** What a figure is: rows, each of several runs, beside a floor or a peer of the same runs. */
import { median } from './stats.ts';

export type Unit = 'ms' | 'MB' | 'KB' | 'bytes' | 'per minute' | 'messages' | 'torrents' | 'times' | 'count';

/** What it is held against: measured in the same runs, in turns. */
export interface Peer {
  what: string;
  runs: readonly number[];
}

/** What is wanted of a row, and whether it is so. */
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
  /** What explains it, in a few words. */
  note?: string;
}

/** How a run of the bench is meant. */
export interface Context {
  /** Few and short rounds, to see that it works: nothing is written. */
  quick: boolean;
  /** Says what is going on. */
  say: (line: string) => void;
}

/** One figure: a file below `figures/`. */
export interface Figure {
  /** How it is asked for: `npm run bench -- idle`. */
  name: string;
  title: string;
  /** How it is measured, for the page. */
  how: string;
  measure: (context: Context) => Promise<Row[]>;
}

/** Its median against its peer's. They run in turns, so that noise hits both. */
export function ratioOf({ runs, peer }: Row): number | null {
  if (peer === undefined) return null;
  const ratio = median(runs) / median(peer.runs);
  return Number.isFinite(ratio) ? ratio : null;
}

/** Holds a row against a limit for its median. */
export function atMost(limit: number, text: string, row: Omit<Row, 'reach'>): Row {
  return { ...row, reach: { text, holds: median(row.runs) <= limit } };
}

/** Holds a row against a limit for its ratio to its peer; nothing is at most so many times nothing. */
export function atMostTimes(limit: number, text: string, row: Omit<Row, 'reach'>): Row {
  const beside = median(row.peer?.runs ?? []);
  return { ...row, reach: { text, holds: median(row.runs) <= limit * beside } };
}
