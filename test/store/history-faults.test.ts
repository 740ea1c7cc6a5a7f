import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { readOnly } from '../../src/store/recovery.ts';
import {
  completing,
  endedTorrent,
  endOfRun,
  entriesOf,
  FILE,
  fill,
  open,
  passTime,
  quarantinedFiles,
  REOPEN_INTERVAL,
  tempDir,
  WHOLE_HISTORY,
  withFile,
} from './fixtures.ts';
import { addAll, numbersOf, range, read, rowsIn } from './histories.ts';

/** A store with ten ended torrents and a completion. */
function filled(t: TestContext): string {
  const dir = tempDir(t);
  fill(dir, [completing(100)]);
  addAll(dir, range(1, 10));
  return dir;
}

const TEN = numbersOf(range(1, 10)).toReversed();

/** Makes statements that contain this text fail with a result code of SQLite; `null`: they succeed. */
function failOn(t: TestContext, text: string): (code: number | null) => void {
  let fault: number | null = null;
  const exec = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'exec')?.value as (
    sql: string,
  ) => void;
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    if (fault !== null && sql.includes(text)) throw Object.assign(new Error('broken'), { errcode: fault });
    exec.call(this, sql);
  });
  return (code) => (fault = code);
}

describe('a damaged history', () => {
  for (const [what, change] of [
    ['a name', "name = 'another'"],
    ['an end', "end = 'removed'"],
    ['a category', 'category = NULL'],
    ['a value', "value = '{}'"],
    ['a checksum', 'crc = 9223372036854775807'],
    ['a time', 'at = 9223372036854775807'],
    ['a hash', "hash = 'no hash'"],
  ] as const) {
    test(`lacks the row of which ${what} differs from what was written`, (t) => {
      const dir = filled(t);
      withFile(dir, (file) => file.exec(`UPDATE history SET ${change} WHERE at = ${endedTorrent(5).at}`));
      assert.deepEqual(
        numbersOf(read(dir)),
        TEN.filter((n) => n !== 5),
      );
      addAll(dir, [endedTorrent(11)]);
      assert.equal(rowsIn(dir), 11, 'it stays in the file');
    });
  }

  test('is quarantined with its file at the start; what can be read is in the new one', (t) => {
    const dir = filled(t);
    withFile(dir, (file) => file.exec("UPDATE records SET value = 'x'"));
    const { store, repairs } = open(dir);
    assert.deepEqual(numbersOf(entriesOf(store)), TEN);
    store.close();
    assert.deepEqual([quarantinedFiles(dir).length, repairs.length], [1, 0]);
    assert.deepEqual(numbersOf(read(dir)), TEN);
  });

  for (const [what, sql] of [
    ['columns of another program', 'DROP TABLE history; CREATE TABLE history (x)'],
    ['a view', 'DROP TABLE history; CREATE VIEW history AS SELECT 1 AS at'],
  ] as const) {
    test(`that has ${what} is quarantined with its file; the records are in the new one`, (t) => {
      const dir = filled(t);
      withFile(dir, (file) => file.exec(sql));
      const { store } = open(dir);
      assert.deepEqual([store.records.length, entriesOf(store)], [1, []]);
      store.history.add(endedTorrent(1));
      store.close();
      assert.equal(quarantinedFiles(dir).length, 1);
      assert.deepEqual(numbersOf(read(dir)), [1]);
    });
  }

  test('that cannot be read is logged once, and never throws', (t) => {
    const { store, lines } = open(filled(t));
    t.mock.method(Object.getPrototypeOf(new DatabaseSync(':memory:').prepare('SELECT 1')), 'iterate', () => {
      throw Object.assign(new Error('broken'), { errcode: 11 });
    });
    for (let times = 0; times < 3; times += 1) assert.deepEqual(entriesOf(store), []);
    assert.deepEqual(
      lines.map(({ message }) => message),
      ['the history in STATE_DIR cannot be read'],
    );
  });

  test('of a newer version is quarantined, and a new one begins', (t) => {
    const dir = filled(t);
    withFile(dir, (file) => file.exec('PRAGMA user_version = 99'));
    assert.deepEqual(read(dir), []);
    assert.equal(quarantinedFiles(dir).length, 1);
  });
});

describe('a history that cannot be written', () => {
  test('is read from a read-only folder', (t) => {
    const dir = filled(t);
    assert.deepEqual(numbersOf(readOnly(dir, WHOLE_HISTORY).history), TEN);
  });

  test('is read at the start, continued in memory, and complete in the file when that works', async (t) => {
    const dir = filled(t);
    const setFault = failOn(t, 'journal_mode = WAL');
    setFault(10);
    const { store } = open(dir);
    assert.equal(store.health.kind, 'memory');
    store.history.add(endedTorrent(11));
    await endOfRun();
    assert.deepEqual(numbersOf(entriesOf(store)), [11, ...TEN]);
    setFault(null);
    passTime(t, 2 * REOPEN_INTERVAL);
    store.history.add(endedTorrent(12));
    await endOfRun();
    assert.equal(store.health.kind, 'disk');
    assert.deepEqual(numbersOf(entriesOf(store)), [12, 11, ...TEN]);
    store.close();
    assert.deepEqual([numbersOf(read(dir)), rowsIn(dir)], [[12, 11, ...TEN], 12]);
  });

  test('on a full disk grows in memory to its limit', async (t) => {
    const dir = tempDir(t);
    const limits = { ...WHOLE_HISTORY, maxEntries: 50 };
    const setFault = failOn(t, 'COMMIT');
    const { store } = open(dir, limits);
    setFault(13);
    for (const entry of range(1, 200)) {
      store.history.add(entry);
      await endOfRun();
    }
    const newest = numbersOf(range(151, 200)).toReversed();
    assert.deepEqual(numbersOf(entriesOf(store)), newest);
    setFault(null);
    store.close();
    assert.deepEqual(numbersOf(read(dir)), newest);
  });
});

test('100,000 entries take less than 40 MB; a page reads some of them, and a search a thousand', (t) => {
  const dir = tempDir(t);
  const name = 'Some.Series.S01E01.1080p.WEB-DL.DDP5.1.H.264-GROUP';
  const rule = 'series';
  addAll(
    dir,
    Array.from({ length: 100_000 }, (_, n) =>
      endedTorrent(n, {
        name: `${name}.${n}.mkv`,
        category: 'tv/4k',
        size: 4e9 + n,
        downloaded: 4e9 + n,
        rule,
      }),
    ),
  );
  const bytes = statSync(join(dir, FILE)).size;
  t.diagnostic(`${(bytes / 1e6).toFixed(1)} MB`);
  assert.ok(bytes < 40e6, `${bytes} bytes`);
  const { store } = open(dir, { ...WHOLE_HISTORY, maxEntries: 1000 });
  const rows = countRows(t);
  const find = (search: string) => store.history.find({ search, limit: 20, before: null }).entries.length;
  assert.deepEqual([find(''), rows()], [20, 21]);
  assert.deepEqual([find('no such name'), rows()], [0, 1000]);
  store.close();
});

/** How many rows SQLite has returned since the last call. */
function countRows(t: TestContext): () => number {
  let rows = 0;
  const prototype = Object.getPrototypeOf(new DatabaseSync(':memory:').prepare('SELECT 1'));
  const iterate = prototype.iterate as (...values: unknown[]) => Iterable<object>;
  t.mock.method(prototype, 'iterate', function* (this: object, ...values: unknown[]) {
    for (const row of iterate.apply(this, values)) {
      rows += 1;
      yield row;
    }
  });
  return () => {
    const before = rows;
    rows = 0;
    return before;
  };
}
