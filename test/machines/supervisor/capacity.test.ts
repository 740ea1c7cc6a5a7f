import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const MAX = 5;
const hashes = Array.from({ length: 20 }, (_, n) => hashOf(n));

const start = (options: Parameters<typeof startWorld>[0] = {}) =>
  startWorld({ ...options, policy: { maxTracked: MAX, ...options.policy } });

const completions = (world: World) =>
  new Set(world.published().flatMap(({ kind, key }) => (kind === 'completion' ? [key] : [])));

/** Completes the tracked torrents until none is left; checks that at most `max` are tracked. */
async function finishAll(world: World, max = MAX) {
  for (let round = 0; round < 10 && world.records().length > 0; round += 1) {
    assert.ok(world.records().length <= max, `${world.records().length} are tracked`);
    for (const { hash } of world.records())
      world.set(hash, { phase: 'complete', progress: 1, finishedAt: 1000 });
    await world.pass(5 * MINUTE);
  }
}

describe('at most MAX_TRACKED torrents are tracked, and the others are found when there is capacity,', () => {
  test('by a scan', async () => {
    const world = start();
    for (const hash of hashes) world.set(hash, { progress: 0.1 });
    await world.pass(MINUTE);
    assert.equal(world.records().length, MAX);
    await finishAll(world);
    assert.deepEqual(completions(world), new Set(hashes));
  });

  for (const type of ['torrents.track', 'torrents.markFinished'] as const) {
    test(`by hooks ("${type}")`, async () => {
      const world = start();
      await world.pass(MINUTE);
      for (const hash of hashes) {
        world.set(hash, { progress: 0.1 });
        world.supervisor.send({ type, hashes: [hash] });
      }
      assert.equal(world.records().length, MAX);
      await finishAll(world);
      assert.deepEqual(completions(world), new Set(hashes));
    });
  }

  test('by a hook that was refused because of it', async () => {
    const world = start();
    for (const hash of hashes.slice(0, MAX)) world.set(hash, { progress: 0.1 });
    await world.pass(MINUTE);
    world.set(hashOf(10), { progress: 0.1 });
    world.supervisor.send({ type: 'torrents.track', hashes: [hashOf(10)] });
    await finishAll(world);
    assert.ok(completions(world).has(hashOf(10)));
  });

  test('by the discovery', async () => {
    const world = start({ policy: { discoverInterval: MINUTE } });
    await world.pass(MINUTE);
    for (const hash of hashes) world.set(hash, { progress: 0.1, addedAt: 5000 });
    await world.pass(2 * MINUTE);
    assert.equal(world.records().length, MAX);
    await finishAll(world);
    assert.deepEqual(completions(world), new Set(hashes));
  });
});

test('stored records above the limit are tracked, but no further torrent is added', async () => {
  const records = hashes.slice(0, 10).map((hash) => createRecord(hash, 0));
  const world = start({ records });
  for (const hash of hashes) world.set(hash, { progress: 0.1 });
  await world.pass(MINUTE);
  assert.deepEqual(
    world.records().map(({ key }) => key),
    hashes.slice(0, 10),
  );
  await finishAll(world, 10);
  assert.deepEqual(completions(world), new Set(hashes));
});

test('while the limit is reached no further request is made, and only one event is emitted', async () => {
  const world = start();
  for (const hash of hashes) world.set(hash, { progress: 0.1, eta: null });
  await world.pass(MINUTE);
  const since = world.clock.now();
  await world.pass(60 * MINUTE);
  assert.equal(world.count('scan', since), 0);
  assert.equal(world.events.filter(({ type }) => type === 'capacity.exceeded').length, 1);
  await world.pass(SECOND);
});
