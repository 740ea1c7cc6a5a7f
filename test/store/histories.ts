/** Histories that tests fill and read. */
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import type { HistoryLimits } from '../../src/store/index.ts';
import { endedTorrent, entriesOf, open, withFile } from './fixtures.ts';

/** Adds these torrents, and closes the store. */
export function addAll(dir: string, entries: readonly EndedTorrent[], limits?: HistoryLimits): void {
  const { store } = open(dir, limits);
  for (const entry of entries) store.history.add(entry);
  store.close();
}

export const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => endedTorrent(from + index));

/** The entries that a new process finds. */
export function read(dir: string): readonly EndedTorrent[] {
  const { store } = open(dir);
  const entries = entriesOf(store);
  store.close();
  return entries;
}

export const numbersOf = (entries: readonly EndedTorrent[]) =>
  entries.map(({ key }) => Number.parseInt(key, 16));

/** The number of rows in the file. */
export const rowsIn = (dir: string) =>
  withFile(dir, (file) => Number(file.prepare('SELECT count(*) n FROM history').get()?.['n']));
