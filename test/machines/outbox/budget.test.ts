import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  withAllowance,
  createBudget,
  exhaust,
  refill,
  slowDown,
  spend,
  waitForToken,
} from '../../../machines/outbox/budget.ts';
import type { Budget } from '../../../machines/outbox/budget.ts';

/** Spends tokens until a message would have to wait, and counts them. */
function drain(bucket: Budget, urgent: boolean): { bucket: Budget; count: number } {
  let count = 0;
  let left = bucket;
  while (waitForToken(left, urgent) === 0 && count < 1000) {
    left = spend(left, urgent);
    count += 1;
  }
  return { bucket: left, count };
}

describe('a budget of ten messages a minute', () => {
  const full = createBudget(10, 0);

  test('allows 40 progress messages at once, and then one every six seconds', () => {
    const { count, bucket } = drain(full, false);
    assert.equal(count, 40);
    assert.equal(waitForToken(bucket, false), 6000);
  });

  test('allows completions at once when progress has used up its share', () => {
    const { bucket } = drain(full, false);
    assert.equal(drain(bucket, true).count, 10);
  });

  test('allows fewer messages at once than the 60 of ntfy', () => {
    assert.equal(drain(full, true).count, 50);
  });

  test('allows one more completion every six seconds', () => {
    const { bucket } = drain(full, true);
    assert.equal(waitForToken(bucket, true), 6000);
    assert.equal(waitForToken(refill(bucket, 5999), true), 1);
    assert.equal(waitForToken(refill(bucket, 6000), true), 0);
  });

  test('saves no more tokens in a night than the bucket holds', () => {
    const { bucket } = drain(full, true);
    assert.equal(drain(refill(bucket, 8 * 3_600_000), true).count, 50);
  });

  test('neither gains nor loses tokens when the clock is set back, and continues from there', () => {
    const { bucket } = drain(createBudget(10, 1_000_000), true);
    const back = refill(bucket, 400_000);
    assert.equal(waitForToken(back, true), 6000);
    assert.equal(waitForToken(refill(back, 406_000), true), 0);
  });
});

describe('a budget without a limit', () => {
  const unlimited = createBudget(null, 0);

  test('allows a thousand messages at once, urgent or not', () => {
    assert.equal(drain(unlimited, false).count, 1000);
    assert.equal(drain(unlimited, true).count, 1000);
  });

  test('has tokens again at the next refill after a refusal', () => {
    assert.equal(waitForToken(refill({ ...unlimited, tokens: 0 }, 1), false), 0);
  });
});

const HOUR = 3_600_000;

describe('a quota of 250 messages a day, as on ntfy.sh', () => {
  const noon = 12 * HOUR;
  const scarce = withAllowance(createBudget('auto', noon), { daily: 250, left: 250 }, noon);

  test('is spread over the rest of the day, with a reserve for completions', () => {
    const first = spend(scarce, false);
    // 12 hours for the 175 messages outside the reserve.
    assert.equal(waitForToken(refill(first, noon), false), Math.ceil((12 * HOUR) / 174));
    assert.equal(waitForToken(refill(first, noon), true), 0);
  });

  test('allows completions but no progress when only the reserve is left', () => {
    const low = withAllowance(scarce, { daily: 250, left: 75 }, noon);
    assert.equal(waitForToken(low, false), 12 * HOUR);
    assert.equal(waitForToken(low, true), 0);
  });

  test('is full again at midnight UTC', () => {
    const used = exhaust(scarce, 'exhausted', noon);
    assert.equal(waitForToken(refill(used, noon + HOUR), false), 11 * HOUR);
    assert.equal(waitForToken(refill(used, 24 * HOUR), false), 0);
  });

  test('is never exceeded by progress in a day, which also leaves the reserve', () => {
    let budget = withAllowance(createBudget('auto', 0), { daily: 250, left: 250 }, 0);
    let progress = 0;
    for (let now = 0; now < 24 * HOUR; now += 1000) {
      budget = refill(budget, now);
      if (waitForToken(budget, false) > 0) continue;
      budget = spend(budget, false);
      progress += 1;
    }
    assert.ok(progress > 150 && progress <= 175, `${progress} updates`);
    assert.ok(budget.day !== null && budget.day.left >= 75);
  });
});

test('a quota of 17,280 messages a day, the default of a self-hosted server, delays no message', () => {
  const plenty = withAllowance(createBudget('auto', 0), { daily: 17_280, left: 17_280 }, 0);
  assert.equal(drain(plenty, false).count, 40);
});

describe('a refusal', () => {
  const full = createBudget(10, 0);
  const refused = slowDown(full, () => 0);

  test('makes progress four times slower, and delays no completion', () => {
    assert.equal(waitForToken(refused, false), 24_000);
    assert.equal(waitForToken(refused, true), 0);
  });

  test('causes different pauses for outboxes that were refused together', () => {
    assert.equal(
      waitForToken(
        slowDown(full, () => 0.5),
        false,
      ),
      36_000,
    );
  });

  for (const { minutes, wait } of [
    { minutes: 0, wait: 24_000 },
    { minutes: 10, wait: 12_000 },
    { minutes: 20, wait: 0 },
  ]) {
    test(`makes progress wait ${wait / 1000} s for the one before it, ${minutes} minutes later`, () => {
      const left = spend(refill(refused, minutes * 60_000), false);
      assert.equal(waitForToken(left, false), wait);
    });
  }

  test('never stops progress for longer than ten minutes, even after many others', () => {
    let budget = full;
    for (let n = 0; n < 50; n += 1) budget = slowDown(budget, () => 0);
    assert.equal(waitForToken(budget, false), HOUR / 6);
  });

  test('also slows down a budget without a limit', () => {
    const unlimited = slowDown(createBudget(null, 0), () => 0);
    assert.equal(waitForToken(unlimited, false), 24_000);
    assert.equal(waitForToken(unlimited, true), 0);
  });
});
