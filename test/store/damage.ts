import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Logger } from '../../src/log/index.ts';
import { openStore } from '../../src/store/index.ts';
import { shippedFlags } from '../shipped-flags.ts';
import { bundleScript } from '../support/bundle-script.ts';
import { quarantinedFiles, completing, FILE, fill, tempDir, withFile } from './fixtures.ts';

/** The bytes of a store: its file, and its journal where the process was killed. */
export interface Bytes {
  file: Buffer;
  journal: Buffer | null;
}

/** Page size of these stores, in bytes. */
export const PAGE = 512;

/** A small store that was closed: two torrents and a fact on small pages. */
export function closedStore(t: TestContext): Bytes {
  const dir = tempDir(t);
  fill(dir, [completing(0), completing(1)], { incident: 'banned' });
  shrink(dir);
  return { file: readFileSync(join(dir, FILE)), journal: null };
}

const script = await bundleScript(join(import.meta.dirname, 'crashed.ts'));

/** The same, and a process that saved two more torrents and was killed. */
export function killedStore(t: TestContext): Bytes {
  const dir = tempDir(t);
  fill(dir, [completing(0), completing(1)], { incident: 'banned' });
  shrink(dir);
  const { signal } = spawnSync(process.execPath, [...shippedFlags(dir), script, dir, '2', '2']);
  assert.equal(signal, 'SIGKILL');
  return { file: readFileSync(join(dir, FILE)), journal: readFileSync(join(dir, `${FILE}-wal`)) };
}

/** Makes the file smaller: a few KB instead of 20, so that each byte can be tested. */
function shrink(dir: string): void {
  withFile(dir, (file) =>
    file.exec(`PRAGMA journal_mode = DELETE; PRAGMA page_size = ${PAGE}; VACUUM; PRAGMA journal_mode = WAL`),
  );
}

/** Writes these bytes to an empty folder. */
export function lay(dir: string, { file, journal }: Bytes): void {
  mkdirSync(dir, { recursive: true });
  for (const name of readdirSync(dir)) unlinkSync(join(dir, name));
  writeFileSync(join(dir, FILE), file);
  if (journal !== null) writeFileSync(join(dir, `${FILE}-wal`), journal);
}

/** What a start with these bytes found. What must hold for every start is checked before. */
export interface Outcome {
  /** The numbers of the torrents that were found. */
  found: number[];
  wasQuarantined: boolean;
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** Without pino, which takes longer to set up than the store. */
const openSilently = (dir: string) => openStore({ dir, log: silent });

export function startWith(dir: string, bytes: Bytes, what: string): Outcome {
  lay(dir, bytes);
  const store = openSilently(dir);
  const found = store.records.map(({ key }) => Number.parseInt(key, 16));
  assert.deepEqual(
    store.records,
    found.map((index) => completing(index)),
    `${what}: a torrent differs from what was saved`,
  );
  assert.equal(store.health.kind, 'disk', `${what}: ${store.health.problem}`);
  const wasQuarantined = quarantinedFiles(dir).length > 0;
  assert.equal(store.health.problem !== null, wasQuarantined, `${what}: the quarantine was not reported`);
  if (wasQuarantined) checkQuarantined(dir, bytes, what);
  store.save(completing(100));
  store.close();
  const next = openSilently(dir);
  next.close();
  assert.deepEqual(
    next.records.map(({ key }) => Number.parseInt(key, 16)),
    [...found, 100],
    `${what}: the next start does not find what this one found`,
  );
  return { found, wasQuarantined };
}

/** The quarantined file is unchanged, byte for byte. */
function checkQuarantined(dir: string, { file, journal }: Bytes, what: string): void {
  const [name = ''] = quarantinedFiles(dir);
  assert.deepEqual(readFileSync(join(dir, name)), file, `${what}: the damaged file was changed`);
  if (journal === null || journal.length === 0) return;
  assert.deepEqual(readFileSync(join(dir, `${name}-wal`)), journal, `${what}: its journal was changed`);
}
