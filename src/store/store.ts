import { join } from 'node:path';
import type { Logger } from '../log/index.ts';
import { FILE, openDisk } from './disk.ts';
import type { Disk } from './disk.ts';
import { createReporter } from './health.ts';
import type { Reporter } from './health.ts';
import { EMPTY_FILE } from './inspect.ts';
import type { Found } from './inspect.ts';
import { createInstance, findInstance, INSTANCE, instanceOf, SHARED_INSTANCE } from './instance.ts';
import { createWriter } from './keeper.ts';
import { addAll, changesOf, parseState } from './kept.ts';
import type { State, Unsaved } from './kept.ts';
import { createMemory, createStore } from './live.ts';
import type { Store } from './live.ts';
import { readOnly } from './peek.ts';
import { MEMORY_CONSEQUENCE, describe, troubleOf } from './trouble.ts';
import type { Trouble } from './trouble.ts';

/** What a store needs. */
export interface StoreOptions {
  /** `null`: keep all in memory. */
  dir: string | null;
  log: Logger;
  /** Hears each problem once, never from within a call. What was found at the start is also in `health`. */
  onDegraded?: (problem: string) => void;
  /** Hears of a file that was repaired or replaced; the state is on disk. */
  onRepaired?: (problem: string) => void;
  /** Hears that what was in memory is on disk again. */
  onRestored?: () => void;
}

/** Milliseconds in which an earlier process may still let the file go. */
const WAIT_AT_START = 3000;

/**
 * Opens the store in a folder, which is made if its parent is there. Whatever is wrong with the disk, there is a store:
 * its `health` says what is lost.
 *
 * @example
 * const store = openStore({ dir: config.stateDir, log });
 */
export function openStore(options: StoreOptions): Store {
  const { dir, log, onDegraded = () => {}, onRepaired = () => {}, onRestored = () => {} } = options;
  if (dir === null) {
    log.info(`STATE_DIR is not set, the state is kept in memory: ${MEMORY_CONSEQUENCE}`);
    return createMemory();
  }
  const start = read(dir);
  const { kept, leftOut } = parseState(start.found);
  const unsaved: Unsaved = { records: new Set(), facts: new Set() };
  const reporter = createReporter({ log, onDegraded, onRepaired, onRestored });
  if (leftOut > 0)
    log.warn('some of what was kept can not be understood and is left out', { count: leftOut });
  reportStart(start, kept, reporter);
  const everything = () => changesOf(kept, addAll(unsaved, kept));
  const keeper = createWriter({ ...start, dir, everything, reporter });
  const own = ownInstance(dir, start, kept);
  const store = createStore({ instance: own ?? SHARED_INSTANCE, kept, unsaved, keeper, reporter });
  if (own !== null) store.setFact(INSTANCE, own);
  return store;
}

/**
 * The name of this state, which the cards on the phone have: recovered from a file that can't be used, and made for a new
 * one. `null`: the file is of an earlier version, or its folder can't be used and has none.
 */
function ownInstance(dir: string, { found, aside, disk, instance }: Start, kept: State): string | null {
  const name = instanceOf(kept.facts.get(INSTANCE)) ?? instance;
  if (name !== null) return name;
  if (aside !== null) return findInstance(join(dir, aside));
  return disk !== null && found.isNew ? createInstance() : null;
}

interface Start {
  found: Found;
  disk: Disk | null;
  trouble: Trouble | null;
  aside: string | null;
  /** The name in a file that can't be opened. */
  instance: string | null;
  error?: unknown;
}

function read(dir: string): Start {
  try {
    return { ...openDisk(dir, WAIT_AT_START), trouble: null, instance: null };
  } catch (error) {
    const trouble = troubleOf(error);
    // Before the look into it: SQLite deletes a journal in which nothing is whole.
    const instance = trouble === 'foreign' ? null : findInstance(join(dir, FILE));
    // Another process follows what is in there, or it is not ours.
    const found = trouble === 'locked' || trouble === 'foreign' ? EMPTY_FILE : readOnly(dir);
    return { found, disk: null, trouble, aside: null, instance, error };
  }
}

function reportStart({ found, trouble, aside, error }: Start, kept: State, reporter: Reporter): void {
  if (trouble !== null) reporter.degraded({ kind: 'memory', problem: describe(trouble, error) }, error);
  if (aside === null) return;
  const problem =
    found.verdict === 'newer'
      ? `What was kept is from a newer version. It was set aside as ${aside}, and a new file was begun.`
      : `What was kept was damaged. It was set aside as ${aside}, and a new file was begun with the ${kept.records.size} torrents that could be read.`;
  reporter.degraded({ kind: 'disk', problem });
}
