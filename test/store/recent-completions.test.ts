import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecentCompletions } from '../../src/store/recent-completions.ts';
import { endOfRun, fill, following, hashOf, open, reopen, tempDir } from './fixtures.ts';
import { spyOnSqlite } from './spy.ts';

const completion = (n: number) => ({ hash: hashOf(n), finishedAt: n });
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('the completions that were sent lately', () => {
  test('are restored after a restart, the oldest first', (t) => {
    const dir = tempDir(t);
    for (const n of [3, 1, 2]) {
      const { store } = open(dir);
      createRecentCompletions(store).add(completion(n));
      store.close();
    }
    assert.deepEqual(createRecentCompletions(open(dir).store).restored, [3, 1, 2].map(completion));
  });

  test('are the newest thousand', (t) => {
    const dir = tempDir(t);
    const { store } = open(dir);
    const completions = createRecentCompletions(store);
    for (const n of numbers(1, 1500)) completions.add(completion(n));
    store.close();
    const next = reopen(dir);
    assert.deepEqual(
      createRecentCompletions({ ...next, setFact() {} }).restored,
      numbers(501, 1500).map(completion),
    );
  });

  test('are written with the deletion of the record, in one transaction', async (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1)]);
    const { store } = open(dir);
    const spy = spyOnSqlite(t);
    createRecentCompletions(store).add(completion(1));
    store.delete(hashOf(1));
    await endOfRun();
    assert.equal(spy.commits(), 1);
    store.close();
  });

  test('are read without what cannot be parsed', (t) => {
    const dir = tempDir(t);
    fill(dir, [], {
      'completed:0': { number: 0, ...completion(1) },
      'completed:1': { number: -1, ...completion(2) },
      'completed:2': 'nonsense',
      'completed:3': { number: 3, hash: 'x', finishedAt: 1 },
      'completed:': null,
    });
    assert.deepEqual(createRecentCompletions({ ...reopen(dir), setFact() {} }).restored, [completion(1)]);
  });
});
