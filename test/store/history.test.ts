import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLogger } from '../../src/log/index.ts';
import { openStore } from '../../src/store/index.ts';
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
import { addAll, numbersOf, range, read, rowsIn } from './histories.ts';
import { spyOnSqlite, spyOnTimers } from './spy.ts';

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
    addAll(dir, [endedTorrent(1, { at: 1_800_000_000, end: 'removed' })]);
    assert.equal(read(dir).length, 3, 'within a second, too');
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
