import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backoff } from '../../machines/backoff.ts';

const longest = () => 1;
const shortest = () => 0;

describe('the pause before the next attempt', () => {
  const doubling = [
    { attempt: 1, pause: 1000 },
    { attempt: 2, pause: 2000 },
    { attempt: 5, pause: 16_000 },
    { attempt: 6, pause: 30_000 },
    { attempt: 100, pause: 30_000 },
  ];
  for (const { attempt, pause } of doubling) {
    test(`number ${attempt} is at most ${pause / 1000} s and at least half of it`, () => {
      assert.equal(backoff(attempt, 1000, 30_000, longest), pause);
      assert.equal(backoff(attempt, 1000, 30_000, shortest), pause / 2);
    });
  }

  test('never exceeds the longest timer, even after a million failures', () => {
    assert.equal(backoff(1_000_000, 1000, Infinity, longest), 2 ** 31 - 1);
  });

  test('is a whole number of milliseconds', () => {
    assert.equal(
      backoff(1, 1001, 5000, () => 0.3),
      651,
    );
  });

  test('differs between clients that failed at the same time', () => {
    const pauses = new Set(Array.from({ length: 50 }, () => backoff(8, 1000, 60_000)));
    assert.ok(pauses.size > 40);
  });
});
