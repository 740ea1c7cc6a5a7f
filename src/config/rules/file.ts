/** Reads the rules file, and the copy of the last valid one. */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { problemOfOwnFile } from '../../util/own-file.ts';
import { LIMITS, TOO_LARGE } from './limits.ts';

/** Which file is at the path, and in which state. */
export interface FileState {
  /** Different after each change: also of a symbolic link to another file, and of a rename. */
  id: string;
  /** Milliseconds since 1970; `null` without a file. */
  changedAt: number | null;
}

/** The text of a file, or why there is none. `message` continues "the file …" and holds nothing of it. */
export type FileText =
  | { ok: true; text: string; state: FileState }
  | { ok: false; message: string; state: FileState };

/** The state of the file at a path, through symbolic links. Never throws. */
export function statFile(path: string): FileState {
  try {
    return stateOf(statSync(path));
  } catch (error) {
    return { id: `missing:${codeOf(error)}`, changedAt: null };
  }
}

/** `ctime` changes with each write, and cannot be set. */
const stateOf = ({ dev, ino, size, mtimeMs, ctimeMs }: Stats): FileState => ({
  id: [dev, ino, size, mtimeMs, ctimeMs].join(':'),
  changedAt: Math.max(mtimeMs, ctimeMs),
});

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/** Reads a regular file of at most 256 KiB as UTF-8. Never throws, never blocks on a FIFO, never reads a device. */
export function readRulesFile(path: string): FileText {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    const state = stateOf(stats);
    if (!stats.isFile()) return { ok: false, message: 'the path is not a regular file', state };
    const bytes = Buffer.allocUnsafe(LIMITS.bytes + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count)
      count = readSync(file, bytes, length, bytes.length - length, null);
    if (length > LIMITS.bytes) return { ok: false, message: TOO_LARGE, state };
    const text = decode(bytes.subarray(0, length));
    return text === null ? { ok: false, message: 'the file is not UTF-8', state } : { ok: true, text, state };
  } catch (error) {
    const code = codeOf(error);
    const message = code === 'ENOENT' ? 'the file does not exist' : `the file cannot be read (${code})`;
    return { ok: false, message, state: statFile(path) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The text of the last valid rules. */
export interface RulesCopy {
  /** `null` if there is none. */
  read(): string | null;
  /** Returns what went wrong, or `null`. */
  write(text: string): string | null;
}

/** In `STATE_DIR`. Contains topics, like the rules file itself. */
export const COPY_NAME = 'rules-last-valid.yaml';

/** The copy in a folder; without one (`null`), nothing is stored. */
export function createRulesCopy(dir: string | null): RulesCopy {
  if (dir === null) return { read: () => null, write: () => null };
  const path = join(dir, COPY_NAME);
  const read = () => {
    if (problemOfCopy(path, dir) !== null) return null;
    const file = readRulesFile(path);
    return file.ok ? file.text : null;
  };
  return {
    read,
    write(text) {
      if (read() === text) return null;
      try {
        // As the store creates it, which may be opened later. Fails if its parent does not exist, as there.
        if (statFile(dir).changedAt === null) mkdirSync(dir, { mode: 0o700 });
        const problem = problemOfCopy(path, dir);
        if (problem === null) replaceFile(path, text);
        return problem;
      } catch (error) {
        return codeOf(error);
      }
    },
  };
}

/** Another user's file must not decide where notifications go, nor receive the topics. */
function problemOfCopy(path: string, dir: string): string | null {
  try {
    return problemOfOwnFile(path, statSync(dir));
  } catch (error) {
    return codeOf(error);
  }
}

/**
 * Complete, or not at all; without `fsync`, which Node's permission model forbids in the image. `wx` neither follows a
 * symbolic link nor keeps the mode of a file that is there.
 */
function replaceFile(path: string, text: string): void {
  rmSync(`${path}.new`, { force: true });
  writeFileSync(`${path}.new`, text, { mode: 0o600, flag: 'wx' });
  renameSync(`${path}.new`, path);
}
