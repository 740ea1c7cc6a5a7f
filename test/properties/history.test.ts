import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import { holds } from './property.ts';
import type { Model } from './model.ts';

/** How often each torrent has ended in this way, by its name, which differs each time it is added. */
function countEnds({ store }: Model, end: EndedTorrent['end']): Map<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const entry of store.history.values())
    if (entry.end === end) counts.set(entry.name, (counts.get(entry.name) ?? 0) + 1);
  return counts;
}

test('in any timeline, each completion that reached the phone is in the history, and no end is there twice', async () => {
  await holds({
    runs: 150,
    check(model) {
      const complete = countEnds(model, 'complete');
      const missing = [...model.phone.completed.keys()].filter((name) => !complete.has(name));
      assert.deepEqual(missing, []);
      for (const counts of [complete, countEnds(model, 'removed')]) {
        counts.delete(null);
        assert.deepEqual(
          [...counts].filter(([, count]) => count > 1),
          [],
        );
      }
    },
  });
});
