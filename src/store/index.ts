/** The store: what survives a restart, on disk or, where there is no disk, in memory. */
import type { Hash, TorrentRecord } from '../../machines/domain.ts';
import type { Logger } from '../log/index.ts';
import { createHealthReporter, MEMORY_CONSEQUENCE } from './health.ts';
import type { Health, HealthReporter } from './health.ts';
import { createFileHistory, createMemoryHistory, DEFAULT_HISTORY } from './history.ts';
import type { History } from './history.ts';
import type { HistoryLimits } from './history-table.ts';
import { clearHistory, createUnsaved, ownInstance, readStart, reportStart } from './start.ts';
import {
  allNames,
  changesOf,
  INSTANCE_FACT,
  isEmpty,
  parse,
  parseState,
  SHARED_INSTANCE,
  toText,
} from './state.ts';
import type { State, Unsaved } from './state.ts';
import { createBatch, createWriter, urgencyOf } from './writer.ts';
import type { Writer } from './writer.ts';

export { FILE, problemOfFiles } from './database.ts';
export {
  restoredLeftCards,
  restoredRoutes,
  restoredState,
  restoredSummaries,
  saveEvent,
  saveRoutes,
} from './facts.ts';
export type { Health } from './health.ts';
export { DEFAULT_HISTORY, MAX_SEARCH_LENGTH } from './history.ts';
export type { History, HistoryPage, HistoryPosition, HistoryQuery } from './history.ts';
export type { HistoryLimits } from './history-table.ts';
export { readInstance, SHARED_INSTANCE } from './state.ts';

/**
 * What survives a restart. Its methods never throw, and it does not keep the process alive.
 * Secrets must not be stored: the file is not encrypted. The exceptions are the topics of rules, without which cards could
 * not be deleted after a rule was changed, and the key of the commands, without which buttons would end with the process;
 * only this user can read the file.
 */
export interface Store {
  /** What was stored, read once at the start, without rows that cannot be parsed. */
  readonly records: readonly TorrentRecord[];
  readonly facts: ReadonlyMap<string, unknown>;
  /** The prefix of sequence IDs where `INSTANCE_NAME` is not set: this file's own name, or `qbit`. */
  readonly instance: string;
  /**
   * Stores a record. A completion survives a power loss when the synchronous run of the process ends, before anything can
   * be sent; a new torrent survives the end of the process when the run
   * ends; what a card shows is written within a second.
   */
  save(record: TorrentRecord): void;
  delete(key: Hash): void;
  /**
   * `undefined`, or a value that JSON cannot represent, deletes it.
   *
   * @param urgency default: it survives a power loss when the call returns. `together`: when the run ends, before anything
   *   can be sent, and in one transaction with the records that are saved in the run. `soon`: the same, but a power loss may
   *   lose it
   */
  setFact(name: string, value: unknown, urgency?: 'now' | 'together' | 'soon'): void;
  /** The torrents that completed or were removed. It is read when it is searched. */
  readonly history: History;
  /** On disk, or in memory with the reason. A problem on disk was repaired: a damaged file was replaced. */
  readonly health: Health;
  /** Writes what is unsaved and closes the file. What is saved afterwards is lost. */
  close(): void;
}

export interface StoreOptions {
  /** `null`: memory only. */
  dir: string | null;
  log: Logger;
  /** How much of the history is kept. Default: 30 days, 1,000 torrents. */
  history?: HistoryLimits;
  /** Called once for each problem, never during a call of the store. Problems at the start are also in `health`. */
  onDegraded?: (problem: string) => void;
  /** Called when a file was repaired or replaced; the state is on disk. */
  onRepaired?: (problem: string) => void;
  /** Called when the state in memory is on disk again. */
  onRestored?: () => void;
}

/**
 * Opens the store in a folder, which is created if its parent exists. Whatever is wrong with the disk, a store is
 * returned: its `health` describes what is lost.
 *
 * @example
 * const store = openStore({ dir: config.stateDir, log });
 */
export function openStore(options: StoreOptions): Store {
  const { dir, log, history: limits = DEFAULT_HISTORY } = options;
  const { onDegraded = () => {}, onRepaired = () => {}, onRestored = () => {} } = options;
  if (dir === null) {
    log.info(`STATE_DIR is not set, so the state is kept in memory: ${MEMORY_CONSEQUENCE}`);
    return createMemoryStore(limits);
  }
  const start = readStart(dir, limits);
  const { state, invalid } = parseState(start.content);
  const unsaved = createUnsaved(start, limits);
  const reporter = createHealthReporter({ log, onDegraded, onRepaired, onRestored });
  if (invalid > 0) log.warn('some stored rows cannot be parsed and are ignored', { count: invalid });
  reportStart(start, state, reporter);
  const everything = () => changesOf(state, allNames(state, unsaved));
  const writer = createWriter({ ...start, dir, everything, limits, history: unsaved.history, reporter });
  if (limits.maxAge === 0) clearHistory(start, log);
  const own = ownInstance(dir, start, state);
  const instance = own ?? SHARED_INSTANCE;
  const store = createStore({ instance, state, unsaved, writer, reporter, limits, log });
  if (own !== null) store.setFact(INSTANCE_FACT, own);
  return store;
}

interface StoreParts {
  instance: string;
  state: State;
  unsaved: Unsaved;
  writer: Writer;
  reporter: HealthReporter;
  limits: HistoryLimits;
  log: Logger;
}

function createStore(parts: StoreParts): Store {
  const { instance, state, unsaved, writer, reporter, limits, log } = parts;
  let isClosed = false;
  const flush = (durable: boolean, force = false) => {
    if (isClosed || (!force && isEmpty(unsaved))) return;
    if (!writer.write(() => changesOf(state, unsaved), durable, force)) return;
    unsaved.records.clear();
    unsaved.facts.clear();
    unsaved.history.clear();
  };
  const batch = createBatch(flush);
  const add: History['add'] = (entry) => {
    if (isClosed) return;
    unsaved.history.add(entry);
    batch.request('soon');
  };
  return {
    records: [...state.records.values()],
    facts: new Map(
      [...state.facts].flatMap(([name, text]) => (name === INSTANCE_FACT ? [] : [[name, parse(text)]])),
    ),
    instance,
    history:
      limits.maxAge === 0
        ? createMemoryHistory(limits, Date.now)
        : createFileHistory({ add, unsaved: unsaved.history, writer, limits, log }),
    get health() {
      return reporter.health;
    },
    save(record) {
      const urgency = urgencyOf(state.records.get(record.key), record);
      if (urgency === null || isClosed) return;
      state.records.set(record.key, record);
      unsaved.records.add(record.key);
      batch.request(urgency);
    },
    delete(key) {
      if (!state.records.delete(key) || isClosed) return;
      unsaved.records.add(key);
      batch.request('soon');
    },
    setFact(name, value, urgency = 'now') {
      const text = toText(value);
      if (text === state.facts.get(name) || isClosed) return;
      if (text === undefined) state.facts.delete(name);
      else state.facts.set(name, text);
      unsaved.facts.add(name);
      batch.request(urgency);
    },
    close() {
      batch.cancel();
      // Also when nothing is unsaved: this detects that the files were deleted.
      flush(true, true);
      isClosed = true;
      writer.close();
    },
  };
}

/** A store that stores nothing: all is lost at a restart. */
function createMemoryStore(limits: HistoryLimits): Store {
  return {
    records: [],
    facts: new Map(),
    instance: SHARED_INSTANCE,
    history: createMemoryHistory(limits, Date.now),
    health: { kind: 'memory', problem: null },
    save() {},
    delete() {},
    setFact() {},
    close() {},
  };
}
