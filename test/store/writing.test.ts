import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { TorrentRecord } from '../../machines/domain.ts';
import { completing, endOfRun, fill, following, hashOf, open, reopen, tempDir } from './fixtures.ts';
import { spyOnSqlite, spyOnTimers } from './spy.ts';

const percent = (record: TorrentRecord, percent: number): TorrentRecord => ({
  ...record,
  told: { percent, phase: 'downloading' },
});

/** An open store, and a spy on SQLite from then on. */
function begin(t: TestContext, records: readonly TorrentRecord[] = []) {
  const dir = tempDir(t);
  fill(dir, records);
  const { store } = open(dir);
  const spy = spyOnSqlite(t);
  t.after(() => store.close());
  return { dir, store, spy };
}

describe('a completion', () => {
  test('survives a power loss as soon as it is saved', (t) => {
    const { store, spy } = begin(t, [following(1)]);
    store.save(completing(1));
    assert.equal(spy.durable(), 1);
  });

  test('survives a power loss also when its torrent is new', (t) => {
    const { store, spy } = begin(t);
    store.save(completing(1));
    assert.equal(spy.durable(), 1);
  });

  test('is written together with the changes that wait', async (t) => {
    const { store, spy } = begin(t, [following(2)]);
    store.save(following(1));
    store.save(percent(following(2), 40));
    store.save(completing(3));
    await endOfRun();
    assert.equal(spy.commits(), 1);
    store.close();
    assert.equal(spy.commits(), 0);
  });

  test('of a thousand torrents at once takes at most ten writes', async (t) => {
    const records = Array.from({ length: 1000 }, (_, index) => completing(index));
    const { dir, store, spy } = begin(
      t,
      records.map(({ key }) => following(Number.parseInt(key, 16))),
    );
    for (const record of records) store.save(record);
    await endOfRun();
    const count = spy.durable();
    assert.ok(count >= 2 && count <= 10, `${count} writes`);
    store.close();
    assert.deepEqual(reopen(dir).records, records);
  });

  test('is written individually again in the next run', async (t) => {
    const { store, spy } = begin(t);
    for (let index = 0; index < 20; index += 1) store.save(completing(index));
    await endOfRun();
    spy.durable();
    store.save(completing(50));
    assert.equal(spy.durable(), 1);
  });
});

describe('a new torrent', () => {
  test('is on the disk before its hook is answered', async (t) => {
    const { store, spy } = begin(t);
    store.save(following(1));
    await endOfRun();
    assert.equal(spy.commits(), 1);
  });

  test('is written together with a thousand others in one write', async (t) => {
    const { dir, store, spy } = begin(t);
    const records = Array.from({ length: 1000 }, (_, index) => following(index));
    for (const record of records) store.save(record);
    assert.equal(spy.commits(), 0);
    await endOfRun();
    assert.deepEqual([spy.commits(), spy.durable()], [1, 0]);
    store.close();
    assert.deepEqual(reopen(dir).records, records);
  });

  test('that is deleted at once stays deleted', async (t) => {
    const { dir, store } = begin(t);
    store.save(following(1));
    store.delete(hashOf(1));
    await endOfRun();
    store.close();
    assert.deepEqual(reopen(dir).records, []);
  });
});

describe('what a card shows', () => {
  test('is written within a second, of all torrents at once', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const records = Array.from({ length: 1000 }, (_, index) => following(index));
    const { dir, store, spy } = begin(t, records);
    for (const record of records) store.save(percent(record, 40));
    for (const record of records) store.save(percent(record, 41));
    await endOfRun();
    t.mock.timers.tick(999);
    assert.equal(spy.commits(), 0);
    t.mock.timers.tick(1);
    assert.equal(spy.commits(), 1);
    store.close();
    assert.deepEqual(
      reopen(dir).records,
      records.map((record) => percent(record, 41)),
    );
  });

  test('is written at the end of the process', (t) => {
    const { dir, store } = begin(t, [following(1)]);
    store.save(percent(following(1), 40));
    store.close();
    assert.deepEqual(reopen(dir).records, [percent(following(1), 40)]);
  });

  test('is not written when it stays the same', async (t) => {
    const { store, spy } = begin(t, [percent(completing(1), 40)]);
    const timers = spyOnTimers(t);
    const [kept] = store.records;
    assert.ok(kept);
    store.save(kept);
    store.save(percent(kept, 40));
    await endOfRun();
    assert.deepEqual([spy.commits(), timers()], [0, 0]);
  });
});

describe('every other change of a record', () => {
  for (const change of [
    { stage: 'withdrawing' },
    { hash: hashOf(9) },
    { alert: 'stalled' },
    { since: 2 },
  ] as const) {
    test(`is written at once: ${Object.keys(change).join()}`, (t) => {
      const { store, spy } = begin(t, [following(1)]);
      store.save({ ...following(1), ...change });
      assert.equal(spy.durable(), 1);
    });
  }

  test('is written at once also when the field is unknown', (t) => {
    const { store, spy } = begin(t, [following(1)]);
    store.save(Object.assign(following(1), { extra: 'good' }));
    assert.equal(spy.durable(), 1);
  });
});

describe('a fact', () => {
  test('is on the disk at once, and written only when it changed', (t) => {
    const { store, spy } = begin(t);
    store.setFact('incident', { kind: 'banned' });
    assert.equal(spy.commits(), 1);
    store.setFact('incident', { kind: 'banned' });
    store.setFact('unknown', undefined);
    assert.equal(spy.commits(), 0);
  });
});

describe('an idle store', () => {
  test('has a timer only while a change that may wait is unsaved', async (t) => {
    const { store } = begin(t, [following(1), following(2)]);
    const timers = spyOnTimers(t);
    store.save(percent(following(1), 1));
    store.save(percent(following(2), 1));
    assert.equal(timers(), 1);
    store.save(completing(1));
    await endOfRun();
    assert.equal(timers(), 0);
  });

  test('does not write', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { spy } = begin(t, [following(1)]);
    t.mock.timers.tick(3_600_000);
    await endOfRun();
    assert.equal(spy.commits(), 0);
  });
});
