import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  addRecentCompletion,
  recentCompletionOf,
  wasAnnounced,
} from '../../../machines/supervisor/recent-completions.ts';
import type { RecentCompletions } from '../../../machines/supervisor/recent-completions.ts';
import { hashOf, seen } from '../fixtures.ts';

const complete = (finishedAt: number | null, n = 1) =>
  seen({ hash: hashOf(n), phase: 'complete', finishedAt });

const add = (completions: RecentCompletions, finishedAt: number, n = 1) =>
  addRecentCompletion(completions, { hash: hashOf(n), finishedAt });

describe('an announced completion', () => {
  const completions: RecentCompletions = new Map();
  add(completions, 1000);

  test('is recognized by its date', () => {
    assert.ok(wasAnnounced(completions, complete(1000)));
    assert.ok(!wasAnnounced(completions, complete(1001)));
    assert.ok(!wasAnnounced(completions, complete(1000, 2)));
  });

  test('does not match a torrent that is downloading', () => {
    assert.ok(!wasAnnounced(completions, { ...complete(1000), phase: 'downloading' }));
  });

  test('is replaced by a newer one of the same torrent', () => {
    const newer: RecentCompletions = new Map(completions);
    add(newer, 2000);
    assert.ok(wasAnnounced(newer, complete(2000)));
    assert.ok(!wasAnnounced(newer, complete(1000)));
  });
});

test('a completion without a date is never recognized: announcing it twice is better than never', () => {
  assert.equal(recentCompletionOf(complete(null)), null);
  assert.ok(!wasAnnounced(new Map(), complete(null)));
});

test('the newest thousand completions are stored', () => {
  const completions: RecentCompletions = new Map();
  for (let n = 0; n < 1500; n += 1) add(completions, n, n);
  assert.equal(completions.size, 1000);
  assert.ok(
    wasAnnounced(completions, complete(1499, 1499)) && !wasAnnounced(completions, complete(499, 499)),
  );
});
