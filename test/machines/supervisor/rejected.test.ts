import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';

const [poison, other] = [hashOf(1), hashOf(2)];

test('a torrent whose deletions are always rejected ends too, and its record is deleted', async () => {
  const world = startWorld();
  world.script.publish = ({ kind, key }) =>
    kind === 'card-delete' && key === poison ? failure('broken') : ok({ live: true });
  for (const hash of [poison, other]) {
    world.set(hash, { progress: 0.1 });
    world.track(hash);
  }
  await world.pass(10 * SECOND);
  world.set(poison, { progress: 1, phase: 'complete' });
  for (let percent = 11; percent < 99; percent += 1) {
    world.set(other, { progress: percent / 100 });
    await world.pass(10 * SECOND);
  }
  assert.deepEqual(
    world.records().map(({ key }) => key),
    [other],
  );
  assert.ok(world.phone.cards.has(`${poison}-done`));
});

test('a completion that is always rejected stays in its record until ntfy accepts it', async () => {
  const world = startWorld();
  let isRejected = true;
  world.script.publish = ({ kind, key }) =>
    isRejected && kind === 'completion' && key === poison ? failure('broken') : ok({ live: true });
  for (const hash of [poison, other]) {
    world.set(hash, { progress: 0.1 });
    world.track(hash);
  }
  await world.pass(10 * SECOND);
  world.set(poison, { progress: 1, phase: 'complete' });
  for (let percent = 11; percent < 99; percent += 1) {
    world.set(other, { progress: percent / 100 });
    await world.pass(20 * SECOND);
  }
  assert.equal(world.records().find(({ key }) => key === poison)?.stage, 'completing');
  isRejected = false;
  await world.pass(6 * MINUTE);
  assert.deepEqual(
    world.records().map(({ key }) => key),
    [other],
  );
});
