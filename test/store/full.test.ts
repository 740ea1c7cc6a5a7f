import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import {
  assertInMemory,
  big,
  completing,
  endOfRun,
  fill,
  hashOf,
  open,
  passTime,
  reopen,
  REOPEN_INTERVAL,
  tempDir,
} from './fixtures.ts';
import { spyOnSqlite } from './spy.ts';

/** A store whose file cannot grow until `makeRoom` is called. */
function fillUp(t: TestContext, dir: string) {
  const spy = spyOnSqlite(t);
  const opened = open(dir);
  const limit = (pages: number) => spy.database().exec(`PRAGMA max_page_count = ${pages}`);
  limit(1); // SQLite takes it for the pages that there are.
  return { opened, makeRoom: () => limit(1_000_000) };
}

describe('a full disk', () => {
  test('is reported once; the store works in memory, and what was stored stays', async (t) => {
    const dir = tempDir(t);
    fill(dir, [completing(1)]);
    const { opened } = fillUp(t, dir);
    opened.store.save(big(2));
    await assertInMemory(opened, /the disk of STATE_DIR is full/);
    opened.store.close();
    assert.deepEqual(reopen(dir).records, [completing(1)]);
  });

  test('that has space again receives everything, and is reported as restored', async (t) => {
    const dir = tempDir(t);
    fill(dir, [completing(1), completing(2)]);
    const { opened, makeRoom } = fillUp(t, dir);
    const { store, lines, restored } = opened;
    store.save(big(3));
    store.delete(hashOf(1));
    store.setFact('incident', 'full');
    makeRoom();
    assert.equal(store.health.kind, 'memory');
    passTime(t, REOPEN_INTERVAL);
    store.save(completing(4));
    await endOfRun();
    assert.deepEqual(store.health, { kind: 'disk', problem: null });
    assert.equal(restored(), 1);
    assert.deepEqual(
      lines.map(({ level }) => level),
      ['error', 'info'],
    );
    store.close();
    assert.deepEqual(reopen(dir).records, [completing(2), big(3), completing(4)]);
    assert.deepEqual(reopen(dir).facts, new Map([['incident', 'full']]));
  });

  test('is reported once, however long it lasts', async (t) => {
    const { opened } = fillUp(t, tempDir(t));
    for (let index = 0; index < 10; index += 1) {
      opened.store.save(big(index));
      passTime(t, 2 * REOPEN_INTERVAL);
    }
    await assertInMemory(opened, /the disk of STATE_DIR is full/);
    opened.store.close();
  });

  test('is tried again at the end of the process', (t) => {
    const dir = tempDir(t);
    const { opened, makeRoom } = fillUp(t, dir);
    opened.store.save(big(3));
    assert.equal(opened.store.health.kind, 'memory');
    makeRoom();
    opened.store.close();
    assert.deepEqual(reopen(dir).records, [big(3)]);
  });

  test('is not written to between two attempts, however much is saved', (t) => {
    const { opened } = fillUp(t, tempDir(t));
    const spy = spyOnSqlite(t);
    opened.store.save(big(1));
    spy.attempts();
    for (let index = 2; index < 500; index += 1) opened.store.save(big(index));
    assert.equal(spy.attempts(), 0);
    opened.store.close();
  });
});
