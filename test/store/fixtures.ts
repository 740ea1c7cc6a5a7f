import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { createRecord } from '../../machines/torrent/record.ts';
import type { Hash, Observation, Stage, TorrentRecord } from '../../machines/domain.ts';
import { createLogger } from '../../src/log/index.ts';
import { openStore } from '../../src/store/index.ts';
import type { Store, StoreOptions } from '../../src/store/index.ts';
import { seen } from '../machines/fixtures.ts';

const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export const FILE = 'sidecar.sqlite';

/** What the name of each of these folders begins with. */
export const TEMP_PREFIX = join(memory, 'store-test-');

/** A folder that is gone after the test; in memory where it may be: what power loss does is not tested here. */
export function tempDir(t: TestContext): string {
  const dir = mkdtempSync(TEMP_PREFIX);
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export const hashOf = (index: number): Hash => index.toString(16).padStart(40, '0');

export function following(index: number, changes: Partial<TorrentRecord> = {}): TorrentRecord {
  return { ...createRecord(hashOf(index), 1), ...changes };
}

export function observation(index: number, changes: Partial<Observation> = {}): Observation {
  return seen({ hash: hashOf(index), name: `torrent ${index}`, phase: 'complete', progress: 1, ...changes });
}

export function completing(index: number, changes: Partial<TorrentRecord> = {}): TorrentRecord {
  return following(index, { stage: 'completing', finished: observation(index), ...changes });
}

export interface Opened {
  store: Store;
  lines: { level: string; message: string }[];
  /** What `onDegraded` heard, and what `onRepaired` heard. */
  problems: string[];
  repairs: string[];
  /** How often `onRestored` was called. */
  restored: () => number;
}

/** Opens a store and listens to all that it says. */
export function open(dir: StoreOptions['dir']): Opened {
  const lines: Opened['lines'] = [];
  const problems: string[] = [];
  const repairs: string[] = [];
  let restored = 0;
  const store = openStore({
    dir,
    log: createLogger({ level: 'debug', pretty: false, write: (line) => lines.push(JSON.parse(line)) }),
    onDegraded: (problem) => problems.push(problem),
    onRepaired: (problem) => repairs.push(problem),
    onRestored: () => (restored += 1),
  });
  return { store, lines, problems, repairs, restored: () => restored };
}

/** What the next start of the process finds. */
export function reopen(dir: string): Pick<Store, 'records' | 'facts' | 'health'> {
  const { store } = open(dir);
  store.close();
  return store;
}

/** What a store holds after these were saved in it. */
export function fill(
  dir: string,
  records: readonly TorrentRecord[],
  facts: Record<string, unknown> = {},
): void {
  const { store } = open(dir);
  for (const record of records) store.save(record);
  for (const [name, value] of Object.entries(facts)) store.setFact(name, value);
  store.close();
}

/** How far a torrent has come. */
export type Place = Stage | 'dropped';

/** The record of a torrent that has come so far. */
export function recordAt(index: number, stage: Stage): TorrentRecord {
  return stage === 'following' ? following(index) : completing(index, { stage });
}

/** A completion that takes more than one page of the file. */
export function big(index: number): TorrentRecord {
  return completing(index, { finished: observation(index, { name: `${index} `.repeat(3000) }) });
}

/** The end of the run of the process, when everything urgent is on the disk. */
export const endOfRun = (): Promise<void> => Promise.resolve();

/** The file, past the store. */
export function withFile<Result>(dir: string, use: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(join(dir, FILE));
  try {
    return use(database);
  } finally {
    database.close();
  }
}

/** The main files that were set aside, without their companions. */
export function asides(dir: string): string[] {
  return readdirSync(dir).filter((name) => /\.(?:damaged|newer)-[^-]+(?:-\d+)?$/.test(name));
}

/** Lets so many milliseconds pass for a disk that is left alone for a while. */
export function passTime(t: TestContext, milliseconds: number): void {
  const now = performance.now();
  t.mock.method(performance, 'now', () => now + milliseconds);
}

/** How long a disk that failed is left alone, in milliseconds. */
export const REST = 30_000;

/** It said so once, in the log and to who listens, and goes on. */
export async function assertInMemory({ store, lines, problems }: Opened, reason: RegExp): Promise<void> {
  for (let index = 10; index < 30; index += 1) store.save(completing(index));
  store.setFact('incident', true);
  store.drop(hashOf(10));
  await endOfRun();
  assert.equal(store.health.kind, 'memory');
  assert.match(store.health.problem ?? '', reason);
  assert.match(store.health.problem ?? '', /a download that finishes while the sidecar restarts is not told/);
  assert.deepEqual(problems, [store.health.problem]);
  const errors = lines.filter(({ level }) => level === 'error');
  assert.deepEqual(
    errors.map(({ message }) => message),
    problems,
  );
}
