import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecord, recordRequest } from '../../../machines/torrent/record.ts';
import { key, startTorrent } from '../torrent-harness.ts';
import { progressOf } from '../fixtures.ts';

test('the progress on a card does not decrease after a kill that lost the answer to it', () => {
  const torrent = startTorrent({ record: { card: true, highest: 34 } });
  torrent.session('ready');
  torrent.observe({ progress: 0.25 });
  assert.deepEqual(
    torrent
      .newlyRequested()
      .map((notification) => notification.kind === 'progress' && notification.card.percent),
    [34],
  );
});

test('the record has the highest requested percent before the card is sent', () => {
  let record = createRecord(key, 0);
  const percents = [10, 40, 25].map((percent) => {
    record = recordRequest(record, progressOf(key, percent));
    return record.highest;
  });
  assert.deepEqual(percents, [10, 40, 40]);
  assert.equal(recordRequest(record, progressOf(key, 40)), record, 'no change to store');
});
