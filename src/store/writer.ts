/** Writes changes to the disk: when, how many at once, and what happens when a write fails. */
import type { TorrentRecord } from '../../machines/domain.ts';
import type { Changes, Database } from './database.ts';
import { describeFailure, failureOf } from './health.ts';
import type { HealthReporter, StoreFailure } from './health.ts';
import type { HistoryList } from './history.ts';
import type { HistoryLimits, HistoryTable } from './history-table.ts';
import { openDatabase, quarantineOpen } from './recovery.ts';

/**
 * When a change has to be on the disk.
 * - `now`: before the caller continues, also after a power loss
 * - `together`: the same, but before the current synchronous run of the process ends, which is before anything can be sent:
 *   in one transaction with the other changes of the run
 * - `soon`: before that run ends
 * - `later`: within a second
 */
export type Urgency = 'now' | 'together' | 'soon' | 'later';

/**
 * How soon a changed record has to be written; `null` when nothing changed.
 *
 * - A detected completion, and every field that is not named here: now. It survives a power loss.
 * - A completion whose card is decided: together with the line of the digest.
 * - A finish hook: before it is answered, together with the others of the same iteration of the event loop.
 * - A new torrent: before its hook is answered. A power loss may lose it: it stops qBittorrent as well, and a scan finds
 *   the torrents that are still downloading.
 * - Progress that is about to be sent: before it is sent, so that a card does not go backwards after a kill. What the
 *   rules say about a torrent, and that bytes were downloaded for it, as well.
 * - What the card shows: within a second. If it is lost, the card is updated once more than necessary.
 */
export function urgencyOf(before: TorrentRecord | undefined, after: TorrentRecord): Urgency | null {
  if (before === undefined) return after.stage === 'tracked' ? 'soon' : 'now';
  const ignored = {
    shown: null,
    highest: 0,
    received: false,
    sounded: null,
    route: null,
    rule: null,
    excluded: null,
    ifRemoved: null,
    alertShown: true,
  } satisfies Partial<Record<keyof TorrentRecord, unknown>>;
  if (before.stage === 'tracked' && after.stage === 'completing' && after.completionCard !== null)
    return 'together';
  const isFinishHookChanged = before.finishHookAt !== after.finishHookAt;
  if (isFinishHookChanged && isSame(before, { ...after, finishHookAt: before.finishHookAt }))
    return 'together';
  const isRestSame = isSame({ ...before, ...ignored }, { ...after, ...ignored });
  if (!isRestSame || !isSame(before.sounded, after.sounded)) return 'now';
  const isRouted =
    before.route === after.route &&
    before.rule === after.rule &&
    before.excluded === after.excluded &&
    before.ifRemoved === after.ifRemoved &&
    before.alertShown === after.alertShown;
  const isProgressSame = before.highest === after.highest && before.received === after.received;
  if (!isProgressSame || !isRouted) return 'soon';
  return isSame(before.shown ?? {}, after.shown ?? {}) ? null : 'later';
}

/** Compares one level deep: a nested object that was created anew counts as different. */
function isSame(one: object, other: object): boolean {
  const [entries, others] = [Object.entries(one), new Map(Object.entries(other))];
  return (
    entries.length === others.size && entries.every(([name, value]) => Object.is(others.get(name), value))
  );
}

/** Collects changes into few writes. It holds a timer only while a change with urgency `later` is unsaved. */
export interface Batch {
  request(urgency: Urgency): void;
  cancel(): void;
}

/**
 * Urgent changes of one synchronous run that are written individually; the others are written together when the run
 * ends, before any message can be sent: a thousand torrents that finish between two polls would otherwise be a thousand
 * fsyncs, which block the process for 20 s on a slow disk.
 */
const MAX_SINGLE_WRITES = 8;

/** Milliseconds for which a change with urgency `later` may wait. */
const WRITE_DELAY = 1000;

/** `flush` writes everything that is unsaved; `durable`: so that it survives a power loss. */
export function createBatch(flush: (durable: boolean) => void): Batch {
  let timer: NodeJS.Timeout | undefined;
  let inRun = false;
  let urgentChanges = 0;
  let pending: 'none' | 'normal' | 'durable' = 'none';

  const cancel = () => {
    clearTimeout(timer);
    timer = undefined;
    pending = 'none';
  };
  const write = (durable: boolean) => {
    cancel();
    flush(durable);
  };
  const endRun = () => {
    inRun = false;
    urgentChanges = 0;
    if (pending !== 'none') write(pending === 'durable');
  };
  return {
    request(urgency) {
      if (urgency === 'later') {
        timer ??= setTimeout(() => write(false), WRITE_DELAY).unref();
        return;
      }
      if (!inRun) queueMicrotask(endRun);
      inRun = true;
      if (urgency === 'now' && urgentChanges++ < MAX_SINGLE_WRITES) write(true);
      else if (urgency !== 'soon') pending = 'durable';
      else if (pending === 'none') pending = 'normal';
    },
    cancel,
  };
}

/** Writes to the disk, and repairs or replaces the file when that fails. Never throws. */
export interface Writer {
  /** Whether the changes are on the disk. `force`: also try a disk that failed less than `REOPEN_INTERVAL` ago. */
  write(changes: () => Changes, durable: boolean, force?: boolean): boolean;
  /** The history in the file; `null`: there is no file. */
  readonly history: Pick<HistoryTable, 'newest'> | null;
  close(): void;
}

export interface WriterOptions {
  dir: string;
  /** `null`: it could not be opened, because of `failure`. */
  database: Database | null;
  failure: StoreFailure | null;
  /** Everything that a new file has to contain. */
  everything: () => Changes;
  /** How much of the history is kept, and the part that is not written yet. */
  limits: HistoryLimits;
  history: HistoryList;
  reporter: HealthReporter;
}

interface WriterState {
  database: Database | null;
  /** On the clock of `performance.now`; `Infinity`: never. */
  nextAttemptAt: number;
  repairs: number;
}

/** Milliseconds between two attempts on a disk that failed. There is no timer: the next change after it tries again. */
const REOPEN_INTERVAL = 30_000;
/** Milliseconds for which a write waits for another process that reads the file. */
const BUSY_TIMEOUT = 200;
/** Limits the quarantined files on a disk that damages each new file. */
const MAX_REPAIRS = 3;

/** Starts with an open database, or with the reason why there is none. */
export function createWriter(options: WriterOptions): Writer {
  const { dir, database, failure, everything, limits, history, reporter } = options;

  const state: WriterState = {
    database,
    nextAttemptAt: failure === null ? 0 : nextAttemptAfter(failure, 0),
    repairs: 0,
  };
  const create = () => createFile(dir, everything(), limits);
  const rescue = (broken: Database) => {
    const all = [...broken.rescueHistory().toReversed(), ...history.entries()];
    history.clear();
    for (const entry of all) history.add(entry);
  };
  return {
    write(changes, durable, force = false) {
      if (performance.now() < state.nextAttemptAt && !(force && state.nextAttemptAt < Infinity)) return false;
      try {
        const repair = writeOrRepair(state, { changes, durable, create, rescue });
        reporter.restored();
        if (repair !== null) reporter.degraded({ kind: 'disk', problem: repair });
        return true;
      } catch (error) {
        const failure = failureOf(error);
        if (failure === 'damaged') state.repairs += 1;
        state.nextAttemptAt = nextAttemptAfter(failure, state.repairs);
        reporter.degraded({ kind: 'memory', problem: describeFailure(failure, error) }, error);
        return false;
      }
    },
    get history() {
      return state.database?.history ?? null;
    },
    close() {
      state.database?.close();
      state.database = null;
    },
  };
}

/** A file that another process has open is not written again: it may contain data that this process has not read. */
function nextAttemptAfter(failure: StoreFailure, repairs: number): number {
  const isFinal = failure === 'locked' || (failure === 'damaged' && repairs >= MAX_REPAIRS);
  return isFinal ? Infinity : performance.now() + REOPEN_INTERVAL;
}

interface Write {
  changes: () => Changes;
  durable: boolean;
  create: () => Created;
  /** Adds what can be read of the history of a file that is given up to what is unsaved. */
  rescue: (broken: Database) => void;
}

/** Returns what was repaired, for users; `null` when nothing was. */
function writeOrRepair(state: WriterState, { changes, durable, create, rescue }: Write): string | null {
  if (state.database === null) return use(state, create());
  try {
    state.database.write(changes(), durable);
    return null;
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== 'vanished' && (failure !== 'damaged' || state.repairs >= MAX_REPAIRS)) throw error;
    if (failure === 'damaged') state.repairs += 1;
    const broken = state.database;
    state.database = null;
    rescue(broken);
    const repair = release(broken, failure);
    use(state, create());
    return repair;
  }
}

function use(state: WriterState, { database, quarantined }: Created): string | null {
  state.database = database;
  return quarantined === null
    ? null
    : `The file in STATE_DIR could not be used. It was renamed to ${quarantined}.`;
}

function release(database: Database, failure: 'damaged' | 'vanished'): string {
  if (failure === 'damaged')
    return `The file in STATE_DIR was damaged. It was renamed to ${quarantineOpen(database)}, and a new one was written.`;
  database.close();
  return 'The files in STATE_DIR were deleted. New ones were written.';
}

interface Created {
  database: Database;
  quarantined: string | null;
}

function createFile(dir: string, everything: Changes, limits: HistoryLimits): Created {
  const { database, quarantined } = openDatabase(dir, BUSY_TIMEOUT, limits);
  try {
    database.write(everything, true);
    return { database, quarantined };
  } catch (error) {
    database.close();
    throw error;
  }
}
