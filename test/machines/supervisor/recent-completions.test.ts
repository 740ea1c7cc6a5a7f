import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { wasAnnounced, addRecentCompletion } from '../../../machines/supervisor/recent-completions.ts';
import type { RecentCompletions } from '../../../machines/supervisor/recent-completions.ts';
import { hashOf, seen } from '../fixtures.ts';

const complete = (finishedAt: number | null, n = 1) =>
  seen({ hash: hashOf(n), phase: 'complete', finishedAt });

describe('a completion that was told', () => {
  const ended: RecentCompletions = new Map();
  addRecentCompletion(ended, complete(1000));

  test('is known again by its date', () => {
    assert.ok(wasAnnounced(ended, complete(1000)));
    assert.ok(!wasAnnounced(ended, complete(1001)));
    assert.ok(!wasAnnounced(ended, complete(1000, 2)));
  });

  test('says nothing of a download that goes on', () => {
    assert.ok(!wasAnnounced(ended, { ...complete(1000), phase: 'downloading' }));
  });

  test('is forgotten for a newer one of the same torrent', () => {
    const again: RecentCompletions = new Map(ended);
    addRecentCompletion(again, complete(2000));
    assert.ok(wasAnnounced(again, complete(2000)));
    assert.ok(!wasAnnounced(again, complete(1000)));
  });
});

test('a completion without a date is told rather twice than never', () => {
  const ended: RecentCompletions = new Map();
  addRecentCompletion(ended, complete(null));
  assert.ok(!wasAnnounced(ended, complete(null)));
});

test('a thousand ends are remembered, the newest', () => {
  const ended: RecentCompletions = new Map();
  for (let n = 0; n < 1500; n += 1) addRecentCompletion(ended, complete(n, n));
  assert.equal(ended.size, 1000);
  assert.ok(wasAnnounced(ended, complete(1499, 1499)) && !wasAnnounced(ended, complete(499, 499)));
});
