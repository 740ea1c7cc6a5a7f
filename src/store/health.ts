/** The possible problems of the disk and of the state file, and how changes are reported. */
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/index.ts';

/**
 * Why a state file cannot be used. `vanished`: it was deleted or replaced while it was open; `foreign`: another user's
 * file, or no regular file, is in its place; `bug`: this program threw an exception.
 */
export type StoreFailure =
  | 'bug'
  | 'locked'
  | 'unwritable'
  | 'missing'
  | 'full'
  | 'failing'
  | 'damaged'
  | 'vanished'
  | 'foreign';

/** By primary result code, https://sqlite.org/rescode.html; all others mean that the file is damaged. */
const SQLITE_FAILURES: Readonly<Record<number, StoreFailure>> = {
  3: 'unwritable', // PERM
  5: 'locked', // BUSY
  6: 'locked', // LOCKED
  7: 'failing', // NOMEM
  8: 'unwritable', // READONLY
  9: 'failing', // INTERRUPT
  10: 'failing', // IOERR
  13: 'full', // FULL
  14: 'unwritable', // CANTOPEN
  15: 'locked', // PROTOCOL
  18: 'failing', // TOOBIG
  22: 'failing', // NOLFS
};

/** IOERR_SHORT_READ: the file ends in the middle of a page. */
const IOERR_SHORT_READ = 522;

/** IOERR_LOCK: a read-only file cannot be locked either. */
const IOERR_LOCK = 3850;

const SYSTEM_FAILURES: Readonly<Record<string, StoreFailure>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EEXIST: 'missing',
  ELOOP: 'missing',
  ENAMETOOLONG: 'missing',
  EACCES: 'unwritable',
  EPERM: 'unwritable',
  EROFS: 'unwritable',
  ERR_ACCESS_DENIED: 'unwritable', // Node's permission model
  ENOSPC: 'full',
  EDQUOT: 'full',
};

/** The file was deleted or replaced while it was open. */
export class VanishedError extends Error {
  override name = 'VanishedError';
}

/** STATE_DIR is not a folder. */
export class FolderError extends Error {
  override name = 'FolderError';
}

/** The file at this path must not be used. The message is shown to users. */
export class ForeignFileError extends Error {
  override name = 'ForeignFileError';
}

/** Neither SQLite nor the file system throws these. */
const BUGS = [TypeError, RangeError, ReferenceError, SyntaxError];

/** Classifies an exception of SQLite or of the file system. */
export function failureOf(error: unknown): StoreFailure {
  if (error instanceof VanishedError) return 'vanished';
  if (error instanceof ForeignFileError) return 'foreign';
  if (error instanceof FolderError) return 'missing';
  if (!(error instanceof Error)) return 'failing';
  if ('errcode' in error && error.errcode === IOERR_LOCK) return 'unwritable';
  if ('errcode' in error && error.errcode === IOERR_SHORT_READ) return 'damaged';
  if ('errcode' in error) return SQLITE_FAILURES[Number(error.errcode) & 0xff] ?? 'damaged';
  if (BUGS.some((bug) => error instanceof bug)) return 'bug';
  return ('code' in error ? SYSTEM_FAILURES[String(error.code)] : undefined) ?? 'failing';
}

const CAUSES: Readonly<Record<StoreFailure, string>> = {
  bug: 'a bug in this program prevents writing it (see the log)',
  locked: 'another process uses the same STATE_DIR (each sidecar needs its own)',
  unwritable: 'STATE_DIR is not writable',
  missing: 'STATE_DIR is not a folder and cannot be created',
  full: 'the disk of STATE_DIR is full',
  failing: 'the disk of STATE_DIR reports errors',
  damaged: 'the file in STATE_DIR is damaged and cannot be replaced',
  vanished: 'the files in STATE_DIR were deleted and cannot be written again',
  foreign: 'a file in STATE_DIR does not belong to this user',
};

/** What is lost while the state is in memory. */
export const MEMORY_CONSEQUENCE =
  'no notification is sent for a download that finishes while the sidecar restarts';

/** Why the state is only in memory, for users. Contains no path and no secret. */
export function describeFailure(failure: StoreFailure, error?: unknown): string {
  const cause = error instanceof ForeignFileError ? error.message : CAUSES[failure];
  return `The state is only in memory: ${cause}. Until this is fixed, ${MEMORY_CONSEQUENCE}.`;
}

/**
 * Where the state is, and what is wrong with it, for users; `problem` is `null` when nothing is. On `disk` the problem
 * was repaired, and stays visible for ten minutes.
 */
export interface Health {
  readonly kind: 'disk' | 'memory';
  readonly problem: string | null;
}

/** Called when the health changes. */
export interface HealthListeners {
  log: Logger;
  /** The state is only in memory. */
  onDegraded: (problem: string) => void;
  /** The file was repaired or replaced; the state is on disk. */
  onRepaired: (problem: string) => void;
  onRestored: () => void;
}

/** Holds the health and reports each change of it once. */
export interface HealthReporter {
  readonly health: Health;
  degraded(health: Health & { problem: string }, error?: unknown): void;
  /** A write succeeded: the state is on disk, and a repair holds. */
  restored(): void;
}

/** Milliseconds for which a repair is shown. There is no timer: the first write after it ends it. */
const REPAIR_SHOWN = 10 * 60_000;

/**
 * Starts on disk, with no problem.
 *
 * @param now milliseconds
 */
export function createHealthReporter(
  { log, onDegraded, onRepaired, onRestored }: HealthListeners,
  now = () => performance.now(),
): HealthReporter {
  let health: Health = { kind: 'disk', problem: null };
  let repairedAt = 0;
  /** Deferred: the caller that saves is in the middle of an action, or does not have the store yet. */
  const notify = (listener: () => void) =>
    queueMicrotask(() => {
      try {
        listener();
      } catch (error) {
        logBug(log, 'a listener of the store failed', error);
      }
    });
  return {
    get health() {
      return health;
    },
    degraded(next, error) {
      if (next.kind === 'disk') repairedAt = now();
      if (next.problem !== health.problem) {
        if (error !== undefined && failureOf(error) === 'bug') logBug(log, next.problem, error);
        else log.error(next.problem, error === undefined ? {} : { error });
        notify(() => (next.kind === 'disk' ? onRepaired : onDegraded)(next.problem));
      }
      health = next;
    },
    restored() {
      if (health.problem === null) return;
      if (health.kind === 'disk' && now() - repairedAt < REPAIR_SHOWN) return;
      log.info(health.kind === 'disk' ? 'the repaired state is on disk' : 'the state is on disk again');
      health = { kind: 'disk', problem: null };
      notify(onRestored);
    },
  };
}
