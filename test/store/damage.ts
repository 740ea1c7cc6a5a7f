import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { shippedFlags } from '../shipped-flags.ts';
import { asides, completing, FILE, fill, open, reopen, tempDir, withFile } from './fixtures.ts';

/** The bytes of a store: its file, and its journal where its process died. */
export interface Bytes {
  file: Buffer;
  journal: Buffer | null;
}

/** Bytes of a page of these stores. */
export const PAGE = 512;

/** A small store that was closed well: two torrents and a fact on small pages. */
export function closedWell(t: TestContext): Bytes {
  const dir = tempDir(t);
  fill(dir, [completing(0), completing(1)], { incident: 'banned' });
  shrink(dir);
  return { file: readFileSync(join(dir, FILE)), journal: null };
}

/** The same, and a process that saved two more torrents and was killed. */
export function diedAfterwards(t: TestContext): Bytes {
  const dir = tempDir(t);
  fill(dir, [completing(0), completing(1)], { incident: 'banned' });
  shrink(dir);
  const script = join(import.meta.dirname, 'crashed.ts');
  const { signal } = spawnSync(process.execPath, [...shippedFlags(dir), script, dir, '2', '2']);
  assert.equal(signal, 'SIGKILL');
  return { file: readFileSync(join(dir, FILE)), journal: readFileSync(join(dir, `${FILE}-wal`)) };
}

/** A file of a few KB instead of 20, so that each of its bytes can have a test. */
function shrink(dir: string): void {
  withFile(dir, (file) =>
    file.exec(`PRAGMA journal_mode = DELETE; PRAGMA page_size = ${PAGE}; VACUUM; PRAGMA journal_mode = WAL`),
  );
}

/** Puts these bytes on the disk, alone. */
export function lay(dir: string, { file, journal }: Bytes): void {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  writeFileSync(join(dir, FILE), file);
  if (journal !== null) writeFileSync(join(dir, `${FILE}-wal`), journal);
}

/** What a start with these bytes found, after all that has to be true of any start was checked. */
export interface Outcome {
  /** The numbers of the torrents that were found. */
  found: number[];
  wasSetAside: boolean;
}

export function startWith(dir: string, bytes: Bytes, what: string): Outcome {
  lay(dir, bytes);
  const { store } = open(dir);
  const found = store.records.map(({ key }) => Number.parseInt(key, 16));
  assert.deepEqual(
    store.records,
    found.map((index) => completing(index)),
    `${what}: a torrent is not what was saved`,
  );
  assert.equal(store.health.kind, 'disk', `${what}: ${store.health.problem}`);
  const wasSetAside = asides(dir).length > 0;
  assert.equal(store.health.problem !== null, wasSetAside, `${what}: nobody was told`);
  if (wasSetAside) checkAside(dir, bytes, what);
  store.save(completing(100));
  store.close();
  assert.deepEqual(
    reopen(dir).records.map(({ key }) => Number.parseInt(key, 16)),
    [...found, 100],
    `${what}: the next start does not find what this one had`,
  );
  return { found, wasSetAside };
}

/** What could not be used is there byte for byte. */
function checkAside(dir: string, { file, journal }: Bytes, what: string): void {
  const [name = ''] = asides(dir);
  assert.deepEqual(readFileSync(join(dir, name)), file, `${what}: the damaged file was changed`);
  if (journal === null || journal.length === 0) return;
  assert.deepEqual(readFileSync(join(dir, `${name}-wal`)), journal, `${what}: its journal was changed`);
}
