/**
 * What is wrong with the disk or with what is on it. `vanished`: the file was taken away while it was in use; `foreign`:
 * something stands in its place that is not ours; `bug`: our own code threw an exception.
 */
export type Trouble =
  | 'bug'
  | 'locked'
  | 'unwritable'
  | 'missing'
  | 'full'
  | 'failing'
  | 'damaged'
  | 'vanished'
  | 'foreign';

/** Primary result codes, https://sqlite.org/rescode.html; all others say that the file is not what it should be. */
const SQLITE: Readonly<Record<number, Trouble>> = {
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

/** IOERR_LOCK: a file that may only be read can't be locked either. */
const IOERR_LOCK = 3850;

const SYSTEM: Readonly<Record<string, Trouble>> = {
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

/** The file is not where it was. */
export class VanishedError extends Error {
  override name = 'VanishedError';
}

/** STATE_DIR is something else than a folder. */
export class FolderError extends Error {
  override name = 'FolderError';
}

/** What stands in a file's place is not ours. The message says what, for people. */
export class ForeignFileError extends Error {
  override name = 'ForeignFileError';
}

/** What neither SQLite nor the file system throws. */
const BUGS = [TypeError, RangeError, ReferenceError, SyntaxError];

/** Tells what is wrong by what SQLite or the file system threw. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof VanishedError) return 'vanished';
  if (error instanceof ForeignFileError) return 'foreign';
  if (error instanceof FolderError) return 'missing';
  if (!(error instanceof Error)) return 'failing';
  if ('errcode' in error && error.errcode === IOERR_LOCK) return 'unwritable';
  if ('errcode' in error && error.errcode === IOERR_SHORT_READ) return 'damaged';
  if ('errcode' in error) return SQLITE[Number(error.errcode) & 0xff] ?? 'damaged';
  if (BUGS.some((bug) => error instanceof bug)) return 'bug';
  return ('code' in error ? SYSTEM[String(error.code)] : undefined) ?? 'failing';
}

const CAUSES: Readonly<Record<Trouble, string>> = {
  bug: 'a bug in this program keeps it from being written (see the log)',
  locked: 'another process uses the same STATE_DIR (each sidecar needs its own)',
  unwritable: 'STATE_DIR can not be written to',
  missing: 'STATE_DIR is no folder and can not be made',
  full: 'the disk of STATE_DIR is full',
  failing: 'the disk of STATE_DIR fails',
  damaged: 'what is in STATE_DIR is damaged and can not be replaced',
  vanished: 'the files in STATE_DIR were taken away and can not be made anew',
  foreign: 'something in STATE_DIR is not a file of this user',
};

/** What is lost while the state is in memory. */
export const MEMORY_CONSEQUENCE = 'a download that finishes while the sidecar restarts is not told';

/** Why the state is only in memory, for people: no path and nothing secret is in it. */
export function describe(trouble: Trouble, error?: unknown): string {
  const cause = error instanceof ForeignFileError ? error.message : CAUSES[trouble];
  return `The state is only in memory: ${cause}. Until this is mended, ${MEMORY_CONSEQUENCE}.`;
}
