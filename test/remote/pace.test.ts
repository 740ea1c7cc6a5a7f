import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace } from '../../src/remote/pace.ts';
import { createServerClock } from '../../src/remote/server-clock.ts';
import { splitLines } from '../../src/remote/lines.ts';

test('reading keeps to its limits on average, after a burst of one second', () => {
  let now = 5000;
  const pace = createPace({ lines: 100, bytes: 10_000 }, () => now);
  assert.equal(pace(0, 0), 0);
  assert.equal(pace(100, 10), 0, 'the burst');
  assert.equal(pace(1, 10), 10);
  now += 10;
  assert.equal(pace(50, 100), 500);
  now += 500;
  assert.equal(pace(0, 5000), 500, 'the bytes count, too');
  assert.equal(pace(0, 0), 500, 'what was not waited for is not forgotten');
  now += 60_000;
  assert.equal(pace(150, 10), 500, 'a long silence is no larger burst');
});

test('no pause is longer than ten seconds, after which the stream could count as silent', () => {
  const pace = createPace({ lines: 100, bytes: 10_000 }, () => 0);
  assert.equal(pace(65_536, 65_536), 10_000);
});

test('the age of a message also counts the time until it is read', () => {
  let now = 100;
  const clock = createServerClock(() => now);
  clock.observe(1000);
  now += 5000;
  assert.equal(clock.ageOf(1000), 5000);
  assert.equal(clock.ageOf(1006), 0);
  // A message that was read late does not set the clock back, one of a later time sets it forward.
  clock.observe(1000);
  assert.equal(clock.ageOf(1000), 5000);
  clock.observe(1100);
  assert.equal(clock.ageOf(1000), 100_000);
});

test('a line that is too long is counted once, and what follows is read', () => {
  const found: string[] = [];
  const split = splitLines(10, {
    onLine: (line) => void found.push(line),
    onLongLine: () => void found.push('(long)'),
  });
  for (const piece of ['0123456789\n', '01234567890\n', '01234', '56789', '\n', 'x'.repeat(99), 'x\ny\n\nz'])
    split(piece);
  split('z\n');
  assert.deepEqual(found, ['0123456789', '(long)', '0123456789', '(long)', 'y', '', 'zz']);
});
