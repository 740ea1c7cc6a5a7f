/** The history: which torrents completed or were removed, in the file or in memory, and how it is searched. */
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import type { Logger } from '../log/index.ts';
import { throttle } from '../util/throttle.ts';
import { oldestOf } from './history-table.ts';
import type { HistoryLimits, HistoryTable } from './history-table.ts';

/** Days and number of entries that are kept by default. */
export const DEFAULT_HISTORY: HistoryLimits = { maxAge: 30 * 86_400_000, maxEntries: 1000 };

/** Identifies an entry. */
export type HistoryPosition = Pick<EndedTorrent, 'at' | 'hash' | 'end'>;

export interface HistoryQuery {
  /** Words, all of which the name or the category contains, in any case; empty: all entries. */
  search: string;
  /** Maximum number of entries. */
  limit: number;
  /** Only entries older than this one; `null`: from the newest on. */
  before: HistoryPosition | null;
}

/** Entries, the newest first. */
export interface HistoryPage {
  entries: readonly EndedTorrent[];
  /** The last of them if there are older ones; `null` otherwise. */
  next: HistoryPosition | null;
}

/** Its methods never throw. */
export interface History {
  /** Adds a torrent that ended: in one transaction with the deletion of its record in the same run of the process. */
  add(entry: EndedTorrent): void;
  /** Reads at most as many entries as are kept, whatever the file contains. */
  find(this: void, query: HistoryQuery): HistoryPage;
}

/** UTF-16 units and words of a search; the rest is ignored. */
export const MAX_SEARCH_LENGTH = 100;
const MAX_WORDS = 10;

/** The entries of a list, the newest first, that a query asks for. */
export function selectPage(
  list: Iterable<EndedTorrent>,
  { search, limit, before }: HistoryQuery,
): HistoryPage {
  const words = fold(search.slice(0, MAX_SEARCH_LENGTH)).split(/\s+/).slice(0, MAX_WORDS);
  const entries: EndedTorrent[] = [];
  for (const entry of list) {
    if (before !== null && byTime(entry, before) <= 0) continue;
    if (!hasWords(entry, words)) continue;
    const last = entries.at(-1);
    if (entries.length >= limit && last !== undefined)
      return { entries, next: { at: last.at, hash: last.hash, end: last.end } };
    entries.push(entry);
  }
  return { entries, next: null };
}

/** Without the differences of case and of composed characters. */
const fold = (text: string): string => text.normalize('NFC').toLowerCase();

function hasWords({ name, category }: EndedTorrent, words: readonly string[]): boolean {
  const text = fold(`${name ?? ''}\n${category ?? ''}`);
  return words.every((word) => text.includes(word));
}

/** The newest first. */
const byTime = (one: HistoryPosition, other: HistoryPosition): number =>
  other.at - one.at || compare(other.hash, one.hash) || compare(other.end, one.end);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Entries in memory. */
export interface HistoryList {
  add(entry: EndedTorrent): void;
  clear(): void;
  entries(): EndedTorrent[];
  size(): number;
}

/** When there would be more than `maxEntries`, the ones that were added first are deleted. */
export function createHistoryList(maxEntries: number): HistoryList {
  const entries = new Map<string, EndedTorrent>();
  return {
    add(entry) {
      const name = `${entry.at}-${entry.hash}-${entry.end}`;
      if (entries.has(name)) return;
      entries.set(name, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries) break;
        entries.delete(oldest);
      }
    },
    clear: () => entries.clear(),
    entries: () => [...entries.values()],
    size: () => entries.size,
  };
}

/** Two lists as one, the newest first. */
function* merged(list: readonly EndedTorrent[], stored: Iterable<EndedTorrent>): Generator<EndedTorrent> {
  const rest = list.toSorted(byTime);
  for (const entry of stored) {
    while (rest[0] !== undefined && byTime(rest[0], entry) < 0) yield* rest.splice(0, 1);
    if (rest[0] !== undefined && byTime(rest[0], entry) === 0) rest.shift();
    yield entry;
  }
  yield* rest;
}

/** Entries without `STATE_DIR`: fewer, because they take memory. */
const MAX_IN_MEMORY = 200;
/** Entries with `HISTORY=0`: those that the page shows. */
const MAX_WITHOUT_HISTORY = 20;

/**
 * A history that is lost with the process.
 *
 * @param now milliseconds since 1970
 */
export function createMemoryHistory(limits: HistoryLimits, now: () => number): History {
  const isOff = limits.maxAge === 0;
  const list = createHistoryList(isOff ? MAX_WITHOUT_HISTORY : Math.min(MAX_IN_MEMORY, limits.maxEntries));
  return {
    add: (entry) => list.add(entry),
    find(query) {
      const oldest = isOff ? 0 : oldestOf(limits, now());
      const entries = list.entries().filter(({ at }) => at >= oldest);
      return selectPage(entries.toSorted(byTime), query);
    },
  };
}

interface FileHistory {
  add: History['add'];
  /** The entries that could not be written yet. */
  unsaved: HistoryList;
  writer: { readonly history: Pick<HistoryTable, 'newest'> | null };
  limits: HistoryLimits;
  log: Logger;
}

/** Milliseconds between two log lines on a history that cannot be read. */
const WARNING_INTERVAL = 10 * 60_000;

/** The history in the file. What cannot be read is left out; the next write repairs the file. */
export function createFileHistory({ add, unsaved, writer, limits, log }: FileHistory): History {
  const warn = throttle(WARNING_INTERVAL);
  function* stored(): Generator<EndedTorrent> {
    try {
      yield* writer.history?.newest(limits, Date.now()) ?? [];
    } catch (error) {
      warn('', (suppressed) => log.warn('the history in STATE_DIR cannot be read', { error, suppressed }));
    }
  }
  return {
    add,
    find: (query) => selectPage(unsaved.size() === 0 ? stored() : merged(unsaved.entries(), stored()), query),
  };
}
