import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { createRecord } from '../../machines/torrent/record.ts';
import type { Hash, Observation, Stage, TorrentRecord } from '../../machines/domain.ts';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import { createLogger } from '../../src/log/index.ts';
import { openStore } from '../../src/store/index.ts';
import type { HistoryLimits, Store, StoreOptions } from '../../src/store/index.ts';
import { seen } from '../machines/fixtures.ts';

const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export const FILE = 'sidecar.sqlite';

/** The prefix of the path of each of these folders. */
export const TEMP_PREFIX = join(memory, 'store-test-');

/** A folder that is deleted after the test; in memory where possible, because no test cuts the power. */
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

/** A torrent that ended. */
export function endedTorrent(index: number, changes: Partial<EndedTorrent> = {}): EndedTorrent {
  return {
    key: hashOf(index),
    hash: hashOf(index),
    at: 1_700_000_000 + index,
    end: 'complete',
    name: `torrent ${index}`,
    category: 'films',
    size: 1_000_000,
    downloaded: 1_000_000,
    duration: 100,
    rule: null,
    card: 'own',
    reason: null,
    ...changes,
  };
}

/** All that was ever added. */
export const WHOLE_HISTORY: HistoryLimits = { maxAge: 1e14, maxEntries: 1e6 };

/** The entries of a history, the newest first, at most a thousand. */
export const entriesOf = ({ history }: Pick<Store, 'history'>, search = ''): readonly EndedTorrent[] =>
  history.find({ search, limit: 1000, before: null }).entries;

export interface Opened {
  store: Store;
  lines: { level: string; message: string }[];
  /** The calls of `onDegraded`, and those of `onRepaired`. */
  problems: string[];
  repairs: string[];
  /** How often `onRestored` was called. */
  restored: () => number;
}

/** Opens a store, and records its log lines and its calls of the listeners. */
export function open(dir: StoreOptions['dir'], history: HistoryLimits = WHOLE_HISTORY): Opened {
  const lines: Opened['lines'] = [];
  const problems: string[] = [];
  const repairs: string[] = [];
  let restored = 0;
  const store = openStore({
    dir,
    history,
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

/** Creates a store with these records and facts, and closes it. */
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

/** The stage of a stored torrent, or that it was deleted. */
export type Place = Stage | 'deleted';

/** The record of a torrent in this stage. */
export function recordAt(index: number, stage: Stage): TorrentRecord {
  return stage === 'tracked' ? following(index) : completing(index, { stage });
}

/** A completion that takes more than one page of the file. */
export function big(index: number): TorrentRecord {
  return completing(index, { finished: observation(index, { name: `${index} `.repeat(3000) }) });
}

/** The end of the synchronous run of the process, when every urgent change is on the disk. */
export const endOfRun = (): Promise<void> => Promise.resolve();

/** Opens the file with SQLite, without the store. */
export function withFile<Result>(dir: string, use: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(join(dir, FILE));
  try {
    return use(database);
  } finally {
    database.close();
  }
}

/** The quarantined files, without their companions. */
export function quarantinedFiles(dir: string): string[] {
  return readdirSync(dir).filter((name) => /\.(?:damaged|newer)-[^-]+(?:-\d+)?$/.test(name));
}

/** Advances the clock of the writer, in milliseconds. */
export function passTime(t: TestContext, milliseconds: number): void {
  const now = performance.now();
  t.mock.method(performance, 'now', () => now + milliseconds);
}

/** Milliseconds between two attempts on a disk that failed. */
export const REOPEN_INTERVAL = 30_000;

/** Saves, and checks that the store works in memory and reported the problem once, in the log and to its listener. */
export async function assertInMemory({ store, lines, problems }: Opened, reason: RegExp): Promise<void> {
  for (let index = 10; index < 30; index += 1) store.save(completing(index));
  store.setFact('incident', true);
  store.delete(hashOf(10));
  await endOfRun();
  assert.equal(store.health.kind, 'memory');
  assert.match(store.health.problem ?? '', reason);
  assert.match(
    store.health.problem ?? '',
    /no notification is sent for a download that finishes while the sidecar restarts/,
  );
  assert.deepEqual(problems, [store.health.problem]);
  const errors = lines.filter(({ level }) => level === 'error');
  assert.deepEqual(
    errors.map(({ message }) => message),
    problems,
  );
}
