import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecord, createRegistry, recordRequest } from '../../../machines/supervisor/registry.ts';
import { key, startTorrent } from '../following.ts';
import { progressOf } from '../fixtures.ts';

test('a card whose answer a kill kept back does not go backwards in the next life', () => {
  const torrent = startTorrent({ record: { card: true, highest: 34 } });
  torrent.session('ready');
  torrent.observe({ progress: 0.25 });
  assert.deepEqual(
    torrent.tells().map((news) => news.kind === 'progress' && news.tell.percent),
    [34],
  );
});

test('what is about to be sent is in the record before it leaves, and never less than before', () => {
  const registry = createRegistry([createRecord(key, 0)]);
  const percents = [10, 40, 25].map((percent) => {
    recordRequest(registry, progressOf(key, percent));
    return registry.records.get(key)?.highest;
  });
  assert.deepEqual(percents, [10, 40, 40]);
  assert.equal(recordRequest(registry, progressOf(key, 40)), null, 'nothing to write');
});
