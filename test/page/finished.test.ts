import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecentlyFinished } from '../../src/page/index.ts';
import { completionOf, hashOf } from '../machines/fixtures.ts';

const closed = (n: number, end: 'complete' | 'removed' = 'complete') =>
  ({ type: 'torrent.finished', key: hashOf(n), end, name: `torrent ${n}` }) as const;

const settled = (n: number, outcome: 'accepted' | 'superseded' = 'accepted') =>
  ({ type: 'notification.settled', notification: completionOf(hashOf(n)), outcome, failure: null }) as const;

test('finished torrents are listed with their size and duration, also without viewers', () => {
  const finished = createRecentlyFinished(20, () => 1000);
  finished.event(settled(1));
  assert.deepEqual(finished.list(), [], 'its card is not deleted yet');
  finished.event(closed(1));
  finished.event(closed(2, 'removed'));
  assert.deepEqual(
    finished.list().map(({ name, end, at, torrent }) => [name, end, at, torrent?.size ?? null]),
    [
      ['torrent 2', 'removed', 1000, null],
      ['torrent 1', 'complete', 1000, 1_000_000],
    ],
  );
});

test('only the last ones are listed, the newest first', () => {
  const finished = createRecentlyFinished(3);
  for (let n = 0; n < 10; n += 1) {
    finished.event(settled(n));
    finished.event(closed(n));
  }
  assert.deepEqual(
    finished.list().map(({ name }) => name),
    ['torrent 9', 'torrent 8', 'torrent 7'],
  );
});
