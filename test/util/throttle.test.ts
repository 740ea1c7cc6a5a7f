import assert from 'node:assert/strict';
import { test } from 'node:test';
import { throttle } from '../../src/util/throttle.ts';
import type { Throttle } from '../../src/util/throttle.ts';

test('a function runs once per interval and key, with the number of suppressed calls', () => {
  let now = 0;
  const said: [string, number][] = [];
  const tell = throttle(10, () => now);
  const say = (key: string) => tell(key, (suppressed) => said.push([key, suppressed]));
  say('a');
  say('a');
  say('b');
  now = 9;
  say('a');
  now = 10;
  say('a');
  now = 20;
  say('a');
  assert.deepEqual(said, [
    ['a', 0],
    ['b', 0],
    ['a', 2],
    ['a', 0],
  ]);
});

/** Says something for each of so many keys, and counts what was said. */
function flood(tell: Throttle, from: number, count: number): number {
  let said = 0;
  for (let n = from; n < from + count; n += 1) tell(`2001:db8::${n.toString(16)}`, () => (said += 1));
  return said;
}

test('of a flood of keys a hundred have an interval of their own, and the others share one', () => {
  let now = 0;
  const tell = throttle(10, () => now);
  assert.equal(flood(tell, 0, 100_000), 101);
  assert.equal(tell.keys, 100);
  now = 10;
  assert.equal(flood(tell, 100_000, 100_000), 101, 'those of before make room');
  assert.equal(tell.keys, 100);
});

test('in a flood suppressed calls are counted, and the first keys keep their own interval', () => {
  let now = 0;
  const tell = throttle(10, () => now);
  const said: [string, number][] = [];
  const say = (key: string) => tell(key, (suppressed) => said.push([key, suppressed]));
  say('first');
  flood(tell, 0, 1000);
  now = 5;
  say('first');
  now = 10;
  say('first');
  flood(tell, 1000, 99);
  say('late');
  assert.deepEqual(said, [
    ['first', 0],
    ['first', 1],
    ['late', 900],
  ]);
});
