import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import { openStore } from '../../src/store/index.ts';
import type { HistoryLimits } from '../../src/store/index.ts';
import { createLogger } from '../../src/log/index.ts';
import {
  endedTorrent,
  endOfRun,
  entriesOf,
  fill,
  following,
  hashOf,
  open,
  tempDir,
  WHOLE_HISTORY,
  withFile,
} from './fixtures.ts';
import { spyOnSqlite, spyOnTimers } from './spy.ts';

/** Adds these torrents, and closes the store. */
function addAll(dir: string, entries: readonly EndedTorrent[], limits?: HistoryLimits): void {
  const { store } = open(dir, limits);
  for (const entry of entries) store.history.add(entry);
  store.close();
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => endedTorrent(from + index));

/** The entries that a new process finds. */
function read(dir: string): readonly EndedTorrent[] {
  const { store } = open(dir);
  const entries = entriesOf(store);
  store.close();
  return entries;
}

const numbersOf = (entries: readonly EndedTorrent[]) => entries.map(({ key }) => Number.parseInt(key, 16));

const rowsIn = (dir: string) =>
  withFile(dir, (file) => Number(file.prepare('SELECT count(*) n FROM history').get()?.['n']));

const DAY = 86_400_000;

describe('the history', () => {
  test('survives a restart, the newest first, with all that was added', (t) => {
    const dir = tempDir(t);
    const odd = endedTorrent(2, { key: hashOf(7), name: null, category: '', duration: null, rule: 'films' });
    const silent = endedTorrent(4, { end: 'removed', card: null, reason: 'removal' });
    const entries = [endedTorrent(1), odd, endedTorrent(3, { card: 'd12' }), silent];
    addAll(
      dir,
      [3, 0, 2, 1].map((index) => entries[index] ?? odd),
    );
    assert.deepEqual(entriesOf(open(dir).store), entries.toReversed());
  });

  test('is complete at once, also before it is written', (t) => {
    const { store } = open(tempDir(t));
    store.history.add(endedTorrent(2));
    store.history.add(endedTorrent(3));
    store.history.add(endedTorrent(1));
    assert.deepEqual(numbersOf(entriesOf(store)), [3, 2, 1]);
  });

  test('is written with the deletion of the record, in one transaction and without a timer', async (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1)]);
    const { store } = open(dir);
    const [spy, timers] = [spyOnSqlite(t), spyOnTimers(t)];
    store.history.add(endedTorrent(1));
    store.delete(hashOf(1));
    await endOfRun();
    assert.deepEqual([spy.attempts(), spy.commits(), spy.durable(), timers()], [1, 1, 0, 0]);
    entriesOf(store);
    assert.deepEqual([spy.attempts(), timers()], [0, 0], 'reading writes nothing');
    store.close();
  });

  test('is not read at the start', (t) => {
    const dir = tempDir(t);
    addAll(dir, range(1, 50));
    // Whatever the rows contain, nothing finds out before they are searched.
    withFile(dir, (file) => file.exec("UPDATE history SET value = 'x'"));
    const { store, lines } = open(dir);
    assert.deepEqual([store.health, lines], [{ kind: 'disk', problem: null }, []]);
    assert.deepEqual(entriesOf(store), []);
  });

  test('contains a torrent that ends once once, also in another process, and as it ended first', (t) => {
    const dir = tempDir(t);
    for (let process = 0; process < 3; process += 1) addAll(dir, [endedTorrent(1, { card: `d${process}` })]);
    assert.deepEqual(read(dir), [endedTorrent(1, { card: 'd0' })]);
    addAll(dir, [endedTorrent(1, { at: 1_800_000_000 })]);
    assert.equal(read(dir).length, 2, 'it was added again');
  });

  test('is in the same file before and after an earlier version has used it', (t) => {
    const dir = tempDir(t);
    addAll(dir, range(1, 3));
    assert.equal(
      withFile(dir, (file) => file.prepare('PRAGMA user_version').get()?.['user_version']),
      1,
    );
    // A file of that version has no such table.
    withFile(dir, (file) => file.exec('DROP TABLE history'));
    addAll(dir, range(4, 5));
    assert.deepEqual(numbersOf(entriesOf(open(dir).store)), [5, 4]);
  });
});

describe('the limits of the history', () => {
  test('are a number of entries: older ones are deleted with the next one', (t) => {
    const dir = tempDir(t);
    const limits = { ...WHOLE_HISTORY, maxEntries: 10 };
    addAll(dir, range(1, 30), limits);
    const { store } = open(dir, limits);
    assert.deepEqual(numbersOf(entriesOf(store)), numbersOf(range(21, 30)).toReversed());
    store.close();
    assert.equal(rowsIn(dir), 10);
  });

  test('are days: older ones are not found, and are deleted with the next one', (t) => {
    const dir = tempDir(t);
    const at = (daysAgo: number) => Math.floor((Date.now() - daysAgo * DAY) / 1000);
    const entries = [endedTorrent(1, { at: at(29) }), endedTorrent(2, { at: at(31) })];
    addAll(dir, entries);
    const limits = { maxAge: 30 * DAY, maxEntries: 1000 };
    const { store } = open(dir, limits);
    assert.deepEqual(numbersOf(entriesOf(store)), [1]);
    store.close();
    assert.equal(rowsIn(dir), 2);
    addAll(dir, [endedTorrent(3, { at: at(0) })], limits);
    assert.equal(rowsIn(dir), 2);
  });

  test('of 30 days and 1,000 entries hold by default', async (t) => {
    const dir = tempDir(t);
    const store = openStore({ dir, log: createLogger({ level: 'error', write: () => {} }) });
    const now = Math.floor(Date.now() / 1000);
    for (const n of [1, 2, 3, 4, 5, 6]) {
      for (let index = 0; index < 200; index += 1)
        store.history.add(endedTorrent(n * 1000 + index, { at: now - 1000 + n }));
      store.history.add(endedTorrent(n, { at: now - 31 * 86_400 }));
      await endOfRun();
    }
    store.close();
    assert.equal(rowsIn(dir), 1000);
    const found = numbersOf(read(dir));
    assert.deepEqual([found[0], found.at(-1)], [6199, 2000]);
  });

  test('of an earlier, larger setting: no more than the present limit is read, and a part is deleted each time', (t) => {
    const dir = tempDir(t);
    addAll(dir, range(1, 6000));
    assert.equal(rowsIn(dir), 6000);
    const limits = { ...WHOLE_HISTORY, maxEntries: 1000 };
    const { store } = open(dir, limits);
    const oldest = store.history.find({ search: 'torrent 5000', limit: 10, before: null });
    assert.deepEqual(oldest.entries, [], 'it is the 1,001st');
    assert.equal(store.history.find({ search: 'torrent 5001', limit: 10, before: null }).entries.length, 1);
    store.close();
    for (const [n, left] of [4001, 2002, 1000, 1000].entries()) {
      addAll(dir, [endedTorrent(7000 + n)], limits);
      assert.equal(rowsIn(dir), left);
    }
  });

  test('of 0 days store nothing, and delete what an earlier setting has stored; the last 20 are in memory', (t) => {
    const dir = tempDir(t);
    addAll(dir, range(1, 5));
    const off = { maxAge: 0, maxEntries: 1000 };
    const { store } = open(dir, off);
    assert.deepEqual(entriesOf(store), []);
    for (const entry of range(6, 40)) store.history.add(entry);
    assert.deepEqual(numbersOf(entriesOf(store)), numbersOf(range(21, 40)).toReversed());
    store.close();
    assert.equal(rowsIn(dir), 0);
    assert.deepEqual(entriesOf(open(dir, off).store), []);
  });

  test('are 200 entries in memory without STATE_DIR', () => {
    const { store } = open(null);
    for (const entry of range(1, 5000)) store.history.add(entry);
    store.history.add(endedTorrent(4999));
    assert.deepEqual(numbersOf(entriesOf(store)), numbersOf(range(4801, 5000)).toReversed());
    assert.deepEqual(numbersOf(entriesOf(store, 'torrent 4900')), [4900]);
  });
});

describe('a search', () => {
  const names = ['Big.Buck.Bunny.2008', 'big fish', 'Ärger im Café', '100% real_name', 'a\\b'];

  const search = (t: Parameters<typeof tempDir>[0], text: string): (string | null)[] => {
    const dir = tempDir(t);
    addAll(
      dir,
      names.map((name, index) => endedTorrent(index, { name, category: index === 1 ? 'Films/4k' : '' })),
    );
    return entriesOf(open(dir).store, text).map(({ name }) => name);
  };

  for (const [text, found] of [
    ['', [4, 3, 2, 1, 0]],
    ['BIG', [1, 0]],
    ['bunny big', [0]],
    ['  big\tbuck ', [0]],
    ['films', [1]],
    ['4K fish', [1]],
    ['ärger', [2]],
    // Composed of two characters each.
    ['A\u0308RGER CAFE\u0301', [2]],
    // The wildcards of SQL and of globs are characters.
    ['%', [3]],
    ['_', [3]],
    ['b%y', []],
    ['b*y', []],
    ['\\', [4]],
    ["' OR 1=1 --", []],
    ['nothing', []],
  ] as const) {
    test(`for ${JSON.stringify(text)} finds ${found.length}`, (t) => {
      assert.deepEqual(
        search(t, text),
        found.map((index) => names[index]),
      );
    });
  }

  test('returns pages: each begins after the last entry of the one before', (t) => {
    const dir = tempDir(t);
    const sameTime = range(1, 25).map((entry) => ({ ...entry, at: 1000 + (Number(entry.at) % 3) }));
    addAll(dir, sameTime);
    const { store } = open(dir);
    const all = entriesOf(store);
    const found: EndedTorrent[] = [];
    let before: ReturnType<typeof store.history.find>['next'] = null;
    for (let page = 0; page < 4; page += 1) {
      const { entries, next } = store.history.find({ search: 'torrent', limit: 7, before });
      found.push(...entries);
      assert.equal(next === null, page === 3);
      before = next;
    }
    assert.deepEqual([found.length, found], [25, all]);
  });

  test('reads rows one by one: the newest 20 of 5,000 are 21 rows', (t) => {
    const dir = tempDir(t);
    addAll(dir, range(1, 5000));
    withFile(dir, (file) => file.exec(`UPDATE history SET value = 'x' WHERE at < ${endedTorrent(4979).at}`));
    const { store } = open(dir);
    const { entries, next } = store.history.find({ search: '', limit: 20, before: null });
    assert.deepEqual([entries.length, next?.at], [20, endedTorrent(4981).at]);
    store.close();
    assert.deepEqual(
      withFile(dir, (file) =>
        file.prepare('EXPLAIN QUERY PLAN SELECT at FROM history ORDER BY at DESC, hash DESC LIMIT 20').all(),
      ).map(({ detail }) => detail),
      ['SCAN history'],
      'in the order of the table: nothing is sorted',
    );
  });
});

describe('untrusted names in the history', () => {
  test('are stored as one line without control characters, well-formed and cut', (t) => {
    const dir = tempDir(t);
    const names = ['half \uD83D', 'nul \0 byte', 'line\nbreak', 'gpj.\u202Eexe', 'x'.repeat(100_000), ''];
    addAll(
      dir,
      names.map((name, index) => endedTorrent(index, { name, category: name, rule: name })),
    );
    const stored = entriesOf(open(dir).store).toReversed();
    assert.deepEqual(
      stored.map(({ name }) => name),
      ['half \uFFFD', 'nul byte', 'line break', 'gpj. exe', 'x'.repeat(300), ''],
    );
    assert.deepEqual(
      stored.map(({ category, rule }) => [category, rule]),
      stored.map(({ name }) => [name, name]),
    );
  });

  test('and figures of any kind are stored and read, or the row is ignored', (t) => {
    const dir = tempDir(t);
    addAll(dir, [
      endedTorrent(1, { size: 1e300, downloaded: Number.NaN, duration: Infinity }),
      endedTorrent(2, { at: 12.7 }),
      endedTorrent(3, { at: -5 }),
      endedTorrent(4, { card: 'not a digest' }),
    ]);
    const { store, lines } = open(dir);
    assert.deepEqual(
      entriesOf(store).map(({ at, size, downloaded, duration, card }) => [
        at,
        size,
        downloaded,
        duration,
        card,
      ]),
      [
        [1_700_000_004, 1_000_000, 1_000_000, 100, null],
        [1_700_000_001, 1e300, 0, null, 'own'],
        [12, 1_000_000, 1_000_000, 100, 'own'],
        [0, 1_000_000, 1_000_000, 100, 'own'],
      ],
    );
    assert.deepEqual(lines, []);
  });
});
