import { randomBytes } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILE } from './disk.ts';

/** The name of a sidecar without `STATE_DIR`, or with a state file of an earlier version. */
export const SHARED_INSTANCE = 'qbit';

/** The fact that holds the name of a state file, as a row has it. */
export const INSTANCE = 'instance';
const ROW = JSON.stringify(INSTANCE);

const OWN = new RegExp(`^"(${SHARED_INSTANCE}-[0-9a-f]{6})"`);
const LENGTH = `"${SHARED_INSTANCE}-xxxxxx"`.length;

/**
 * A name for a new state file, so that two sidecars which publish to one topic without an `INSTANCE_NAME` do not replace
 * each other's cards. Not made from the host: in Kubernetes that has another name with each pod.
 */
export function createInstance(): string {
  return `${SHARED_INSTANCE}-${randomBytes(3).toString('hex')}`;
}

/** The name in a fact's JSON text. */
export function instanceOf(text: string | undefined): string | null {
  return OWN.exec(text ?? '')?.[1] ?? null;
}

/**
 * The name that some state files hold, whatever else is damaged in them, or in use by another process. It stands behind
 * the name of its fact; in a record's text the quotes would be escaped. Never throws; `null` where no name is found.
 *
 * Not for a file that this process has open: closing it here would give up SQLite's lock on it.
 */
export function findInstance(path: string): string | null {
  for (const file of [path, `${path}-wal`]) {
    const bytes = readRegular(file);
    for (let at = bytes.indexOf(ROW); at >= 0; at = bytes.indexOf(ROW, at + 1)) {
      const from = at + ROW.length;
      const name = instanceOf(bytes.toString('latin1', from, from + LENGTH));
      if (name !== null) return name;
    }
  }
  return null;
}

function readRegular(path: string): Buffer {
  try {
    if (lstatSync(path).isFile()) return readFileSync(path);
  } catch {}
  return Buffer.alloc(0);
}

/** Which name a state folder gives to a sidecar without an `INSTANCE_NAME`. */
export type KeptInstance = { kind: 'own'; name: string } | { kind: 'shared' } | { kind: 'unmade' };

/** Reads it without opening the store: a sidecar may be using it. `unmade`: there is no file yet. */
export function readInstance(dir: string | null): KeptInstance {
  if (dir === null) return { kind: 'shared' };
  const path = join(dir, FILE);
  const name = findInstance(path);
  if (name !== null) return { kind: 'own', name };
  return readRegular(path).length > 0 ? { kind: 'shared' } : { kind: 'unmade' };
}
