import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecord, recordRequest } from '../../../machines/torrent/record.ts';
import { key, startTorrent } from '../following.ts';
import { progressOf } from '../fixtures.ts';

test('a card whose answer a kill kept back does not go backwards in the next life', () => {
  const torrent = startTorrent({ record: { card: true, highest: 34 } });
  torrent.session('ready');
  torrent.observe({ progress: 0.25 });
  assert.deepEqual(
    torrent.tells().map((news) => news.kind === 'progress' && news.card.percent),
    [34],
  );
});

test('what is about to be sent is in the record before it leaves, and never less than before', () => {
  let record = createRecord(key, 0);
  const percents = [10, 40, 25].map((percent) => {
    record = recordRequest(record, progressOf(key, percent));
    return record.highest;
  });
  assert.deepEqual(percents, [10, 40, 40]);
  assert.equal(recordRequest(record, progressOf(key, 40)), record, 'nothing to write');
});
