import assert from 'node:assert/strict';
import { test } from 'node:test';
import { throttle } from '../../src/util/throttle.ts';
import type { Throttle } from '../../src/util/throttle.ts';

test('a function runs once per interval and key, with the number of suppressed calls', () => {
  let now = 0;
  const runs: [string, number][] = [];
  const throttled = throttle(10, () => now);
  const call = (key: string) => throttled(key, (suppressed) => runs.push([key, suppressed]));
  call('a');
  call('a');
  call('b');
  now = 9;
  call('a');
  now = 10;
  call('a');
  now = 20;
  call('a');
  assert.deepEqual(runs, [
    ['a', 0],
    ['b', 0],
    ['a', 2],
    ['a', 0],
  ]);
});

/** Calls the throttled function for this many keys, and counts its runs. */
function flood(throttled: Throttle, from: number, count: number): number {
  let runs = 0;
  for (let n = from; n < from + count; n += 1) throttled(`2001:db8::${n.toString(16)}`, () => (runs += 1));
  return runs;
}

test('of a flood of keys a hundred have an interval of their own, and the others share one', () => {
  let now = 0;
  const throttled = throttle(10, () => now);
  assert.equal(flood(throttled, 0, 100_000), 101);
  assert.equal(throttled.keys, 100);
  now = 10;
  assert.equal(flood(throttled, 100_000, 100_000), 101, 'the earlier keys are dropped');
  assert.equal(throttled.keys, 100);
});

test('in a flood suppressed calls are counted, and the first keys keep their own interval', () => {
  let now = 0;
  const throttled = throttle(10, () => now);
  const runs: [string, number][] = [];
  const call = (key: string) => throttled(key, (suppressed) => runs.push([key, suppressed]));
  call('first');
  flood(throttled, 0, 1000);
  now = 5;
  call('first');
  now = 10;
  call('first');
  flood(throttled, 1000, 99);
  call('late');
  assert.deepEqual(runs, [
    ['first', 0],
    ['first', 1],
    ['late', 900],
  ]);
});
