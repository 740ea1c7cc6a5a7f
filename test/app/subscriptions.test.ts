import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard, subscribeTo } from '../../src/app/subscriptions.ts';
import { hashOf, SECOND } from '../machines/fixtures.ts';
import { startWorld } from '../support/world.ts';
import { recorder } from '../server/apps.ts';

const throwing = () => assert.fail('a planted bug');

test('an exception in a subscriber affects neither the supervisor nor another subscriber, and is logged as a bug', async () => {
  const world = startWorld();
  const { log, lines } = recorder();
  const received: string[] = [];
  subscribeTo(world.supervisor, [throwing, ({ type }) => void received.push(type)], log);
  for (const n of [1, 2]) {
    world.set(hashOf(n), { progress: 0.5 });
    world.track(hashOf(n));
  }
  await world.pass(10 * SECOND);
  assert.equal(world.supervisor.getSnapshot().status, 'active');
  assert.equal(world.published().length, 2);
  assert.deepEqual(
    received,
    world.events.map(({ type }) => type),
  );
  const bugs = lines.filter((line) => line.includes('a bug in this program'));
  assert.equal(bugs.length, new Set(received).size, 'one line for each type of event within a minute');
  assert.ok(bugs.every((line) => line.includes('a planted bug')));
});

test('an exception in a guarded listener does not reach its caller, and is logged once a minute', () => {
  const { log, lines } = recorder();
  const guarded = createGuard(log)(throwing);
  for (let n = 0; n < 3; n += 1) guarded({ type: 'published' });
  assert.equal(lines.filter((line) => line.includes('a planted bug')).length, 1);
});
