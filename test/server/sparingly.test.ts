import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sparingly } from '../../src/server/sparingly.ts';

test('the same thing is said once an interval, with the number of times it was not', () => {
  let now = 0;
  const said: [string, number][] = [];
  const tell = sparingly(10, () => now);
  const say = (key: string) => tell(key, (unsaid) => said.push([key, unsaid]));
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
