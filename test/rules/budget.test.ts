import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createBucket, refill, spend, waitForToken } from '../../machines/rules/budget.ts';
import type { Bucket } from '../../machines/rules/budget.ts';

/** Takes messages out until one would have to wait, and counts them. */
function drain(bucket: Bucket, urgent: boolean): { bucket: Bucket; count: number } {
  let count = 0;
  let left = bucket;
  while (waitForToken(left, urgent) === 0 && count < 1000) {
    left = spend(left);
    count += 1;
  }
  return { bucket: left, count };
}

describe('ten messages a minute', () => {
  const full = createBucket(10, 0);

  test('progress may use 40 at once, then waits for its turn', () => {
    const { count, bucket } = drain(full, false);
    assert.equal(count, 40);
    assert.equal(waitForToken(bucket, false), 6000);
  });

  test('a completion still leaves at once when progress has used up its share', () => {
    const { bucket } = drain(full, false);
    assert.equal(drain(bucket, true).count, 10);
  });

  test('all together stay below the 60 at once that ntfy allows', () => {
    assert.equal(drain(full, true).count, 50);
  });

  test('one more may leave every six seconds', () => {
    const { bucket } = drain(full, true);
    assert.equal(waitForToken(bucket, true), 6000);
    assert.equal(waitForToken(refill(bucket, 5999), true), 1);
    assert.equal(waitForToken(refill(bucket, 6000), true), 0);
  });

  test('a night of silence saves up no more than the bucket holds', () => {
    const { bucket } = drain(full, true);
    assert.equal(drain(refill(bucket, 8 * 3_600_000), true).count, 50);
  });

  test('a clock that is set back gives nothing, takes nothing and goes on from there', () => {
    const { bucket } = drain(createBucket(10, 1_000_000), true);
    const back = refill(bucket, 400_000);
    assert.equal(waitForToken(back, true), 6000);
    assert.equal(waitForToken(refill(back, 406_000), true), 0);
  });
});

describe('no limit', () => {
  const unlimited = createBucket(null, 0);

  test('a thousand messages may leave at once, urgent or not', () => {
    assert.equal(drain(unlimited, false).count, 1000);
    assert.equal(drain(unlimited, true).count, 1000);
  });

  test('a pause that ntfy asked for ends with the next look at the clock', () => {
    assert.equal(waitForToken(refill({ ...unlimited, tokens: 0 }, 1), false), 0);
  });
});
