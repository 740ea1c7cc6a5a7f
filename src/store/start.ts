/** The start of the store: what the file contains, what is wrong with it, and the name of its instance. */
import { join } from 'node:path';
import type { Logger } from '../log/index.ts';
import { FILE } from './database.ts';
import type { Database } from './database.ts';
import { describeFailure, failureOf } from './health.ts';
import type { HealthReporter, StoreFailure } from './health.ts';
import { createHistoryList } from './history.ts';
import type { HistoryLimits } from './history-table.ts';
import { EMPTY, openDatabase, readOnly } from './recovery.ts';
import type { Content } from './recovery.ts';
import { createInstance, findInstance, INSTANCE_FACT, instanceOf } from './state.ts';
import type { State, Unsaved } from './state.ts';

/** Milliseconds for which the start waits for a previous process to close the file. */
const START_BUSY_TIMEOUT = 3000;

/** What the start found. */
export interface Start {
  content: Content;
  database: Database | null;
  failure: StoreFailure | null;
  quarantined: string | null;
  /** The instance name in a file that cannot be opened. */
  instance: string | null;
  error?: unknown;
}

/** What is unsaved at the start: the history of a file that cannot be written to. */
export function createUnsaved({ database, content }: Start, { maxEntries }: HistoryLimits): Unsaved {
  const history = createHistoryList(maxEntries);
  if (database === null) for (const entry of content.history.toReversed()) history.add(entry);
  return { records: new Set(), facts: new Set(), history };
}

/** Opens the file, or reads what can be read of it. */
export function readStart(dir: string, limits: HistoryLimits): Start {
  try {
    const opened = openDatabase(dir, START_BUSY_TIMEOUT, limits);
    return { ...opened, failure: null, instance: null };
  } catch (error) {
    const failure = failureOf(error);
    // Before the file is opened again: SQLite deletes a journal in which no transaction is complete.
    const instance = failure === 'foreign' ? null : findInstance(join(dir, FILE));
    // A locked file belongs to another process that tracks its torrents; a foreign one is not ours.
    const content = failure === 'locked' || failure === 'foreign' ? EMPTY : readOnly(dir, limits);
    return { content, database: null, failure, quarantined: null, instance, error };
  }
}

/** Reports what is wrong with the file. */
export function reportStart(
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
export function ownInstance(
  dir: string,
  { content, quarantined, database, instance }: Start,
  state: State,
): string | null {
  const name = instanceOf(state.facts.get(INSTANCE_FACT)) ?? instance;
  if (name !== null) return name;
  if (quarantined !== null) return findInstance(join(dir, quarantined));
  return database !== null && content.isNew ? createInstance() : null;
}

/** Deletes the history of an earlier setting. */
export function clearHistory({ database }: Start, log: Logger): void {
  try {
    database?.history.clear();
  } catch (error) {
    log.warn('the history in STATE_DIR could not be deleted', { error });
  }
}
