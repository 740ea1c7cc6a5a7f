import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isToldBefore, noteEnded } from '../../machines/rules/ended.ts';
import type { Ended } from '../../machines/rules/ended.ts';
import { hashOf, seen } from '../machines/fixtures.ts';

const complete = (finishedAt: number | null, n = 1) =>
  seen({ hash: hashOf(n), phase: 'complete', finishedAt });

describe('a completion that was told', () => {
  const ended: Ended = new Map();
  noteEnded(ended, complete(1000));

  test('is known again by its date', () => {
    assert.ok(isToldBefore(ended, complete(1000)));
    assert.ok(!isToldBefore(ended, complete(1001)));
    assert.ok(!isToldBefore(ended, complete(1000, 2)));
  });

  test('says nothing of a download that goes on', () => {
    assert.ok(!isToldBefore(ended, { ...complete(1000), phase: 'downloading' }));
  });

  test('is forgotten for a newer one of the same torrent', () => {
    const again: Ended = new Map(ended);
    noteEnded(again, complete(2000));
    assert.ok(isToldBefore(again, complete(2000)));
    assert.ok(!isToldBefore(again, complete(1000)));
  });
});

test('a completion without a date is told rather twice than never', () => {
  const ended: Ended = new Map();
  noteEnded(ended, complete(null));
  assert.ok(!isToldBefore(ended, complete(null)));
});

test('a thousand ends are remembered, the newest', () => {
  const ended: Ended = new Map();
  for (let n = 0; n < 1500; n += 1) noteEnded(ended, complete(n, n));
  assert.equal(ended.size, 1000);
  assert.ok(isToldBefore(ended, complete(1499, 1499)) && !isToldBefore(ended, complete(499, 499)));
});
