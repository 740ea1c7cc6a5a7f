import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timersOf } from '../support/clock.ts';
import { sizesOf } from './sizes.ts';
import { holds } from './property.ts';

test('after any timeline, nothing is kept in memory when all torrents are finished, and no timer runs', async () => {
  await holds({
    runs: 200,
    check: (model) => {
      const { bounded, ...empty } = sizesOf(model);
      assert.deepEqual(empty, Object.fromEntries(Object.keys(empty).map((name) => [name, 0])));
      assert.ok(bounded.shards <= 16 && bounded.lastAt <= 8 && bounded.recentCompletions <= 1000);
      assert.deepEqual(timersOf(model.clock), []);
    },
  });
});
