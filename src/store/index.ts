/** The store: what survives a restart, on disk or, where there is no disk, in memory. */
import { join } from 'node:path';
import type { Hash, TorrentRecord } from '../../machines/domain.ts';
import type { Logger } from '../log/index.ts';
import { FILE } from './database.ts';
import type { Database } from './database.ts';
import { createHealthReporter, describeFailure, failureOf, MEMORY_CONSEQUENCE } from './health.ts';
import type { Health, HealthReporter, StoreFailure } from './health.ts';
import { EMPTY, openDatabase, readOnly } from './recovery.ts';
import type { Content } from './recovery.ts';
import {
  allNames,
  changesOf,
  createInstance,
  findInstance,
  INSTANCE_FACT,
  instanceOf,
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
  /** On disk, or in memory with the reason. A problem on disk was repaired: a damaged file was replaced. */
  readonly health: Health;
  /** Writes what is unsaved and closes the file. What is saved afterwards is lost. */
  close(): void;
}

export interface StoreOptions {
  /** `null`: memory only. */
  dir: string | null;
  log: Logger;
  /** Called once for each problem, never during a call of the store. Problems at the start are also in `health`. */
  onDegraded?: (problem: string) => void;
  /** Called when a file was repaired or replaced; the state is on disk. */
  onRepaired?: (problem: string) => void;
  /** Called when the state in memory is on disk again. */
  onRestored?: () => void;
}

/** Milliseconds for which the start waits for a previous process to close the file. */
const START_BUSY_TIMEOUT = 3000;

/**
 * Opens the store in a folder, which is created if its parent exists. Whatever is wrong with the disk, a store is
 * returned: its `health` describes what is lost.
 *
 * @example
 * const store = openStore({ dir: config.stateDir, log });
 */
export function openStore(options: StoreOptions): Store {
  const { dir, log, onDegraded = () => {}, onRepaired = () => {}, onRestored = () => {} } = options;
  if (dir === null) {
    log.info(`STATE_DIR is not set, so the state is kept in memory: ${MEMORY_CONSEQUENCE}`);
    return createMemoryStore();
  }
  const start = readStart(dir);
  const { state, invalid } = parseState(start.content);
  const unsaved: Unsaved = { records: new Set(), facts: new Set() };
  const reporter = createHealthReporter({ log, onDegraded, onRepaired, onRestored });
  if (invalid > 0) log.warn('some stored rows cannot be parsed and are ignored', { count: invalid });
  reportStart(start, state, reporter);
  const everything = () => changesOf(state, allNames(state, unsaved));
  const writer = createWriter({ ...start, dir, everything, reporter });
  const own = ownInstance(dir, start, state);
  const store = createStore({ instance: own ?? SHARED_INSTANCE, state, unsaved, writer, reporter });
  if (own !== null) store.setFact(INSTANCE_FACT, own);
  return store;
}

interface Start {
  content: Content;
  database: Database | null;
  failure: StoreFailure | null;
  quarantined: string | null;
  /** The instance name in a file that cannot be opened. */
  instance: string | null;
  error?: unknown;
}

function readStart(dir: string): Start {
  try {
    return { ...openDatabase(dir, START_BUSY_TIMEOUT), failure: null, instance: null };
  } catch (error) {
    const failure = failureOf(error);
    // Before the file is opened again: SQLite deletes a journal in which no transaction is complete.
    const instance = failure === 'foreign' ? null : findInstance(join(dir, FILE));
    // A locked file belongs to another process that tracks its torrents; a foreign one is not ours.
    const content = failure === 'locked' || failure === 'foreign' ? EMPTY : readOnly(dir);
    return { content, database: null, failure, quarantined: null, instance, error };
  }
}

function reportStart(
  { content, failure, quarantined, error }: Start,
  state: State,
  reporter: HealthReporter,
): void {
  if (failure !== null)
    reporter.degraded({ kind: 'memory', problem: describeFailure(failure, error) }, error);
  if (quarantined === null) return;
  const problem =
    content.condition === 'newer'
      ? `The state file is from a newer version. It was renamed to ${quarantined}, and a new file was created.`
      : `The state file was damaged. It was renamed to ${quarantined}, and a new file was created with the ${state.records.size} torrents that could be read.`;
  reporter.degraded({ kind: 'disk', problem });
}

/**
 * The instance name of this state, which is part of the sequence IDs of its cards: recovered from a file that cannot be
 * used, and created for a new file. `null`: the file is of an earlier version, or cannot be used and contains none.
 */
function ownInstance(
  dir: string,
  { content, quarantined, database, instance }: Start,
  state: State,
): string | null {
  const name = instanceOf(state.facts.get(INSTANCE_FACT)) ?? instance;
  if (name !== null) return name;
  if (quarantined !== null) return findInstance(join(dir, quarantined));
  return database !== null && content.isNew ? createInstance() : null;
}

interface StoreParts {
  instance: string;
  state: State;
  unsaved: Unsaved;
  writer: Writer;
  reporter: HealthReporter;
}

function createStore({ instance, state, unsaved, writer, reporter }: StoreParts): Store {
  let isClosed = false;
  const flush = (durable: boolean, force = false) => {
    if (isClosed || (!force && unsaved.records.size + unsaved.facts.size === 0)) return;
    if (!writer.write(() => changesOf(state, unsaved), durable, force)) return;
    unsaved.records.clear();
    unsaved.facts.clear();
  };
  const batch = createBatch(flush);
  return {
    records: [...state.records.values()],
    facts: new Map(
      [...state.facts].flatMap(([name, text]) => (name === INSTANCE_FACT ? [] : [[name, parse(text)]])),
    ),
    instance,
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
function createMemoryStore(): Store {
  return {
    records: [],
    facts: new Map(),
    instance: SHARED_INSTANCE,
    health: { kind: 'memory', problem: null },
    save() {},
    delete() {},
    setFact() {},
    close() {},
  };
}
