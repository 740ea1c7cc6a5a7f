import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { actorsOf, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [v1, v2] = [hashOf(1), hashOf(2)];

const completions = (world: World) =>
  world.published().flatMap((notification) => (notification.kind === 'completion' ? [notification.key] : []));

const isOver = (world: World) => world.records().length === 0 && actorsOf(world).size === 0;

/** A world in which a hybrid was tracked by its v2 hash, and its completion was sent. */
async function startAnnounced(): Promise<World> {
  const world = startWorld();
  world.set(v2, { progress: 0.5, v1, v2 });
  world.track(v2);
  await world.pass(10 * SECOND);
  world.set(v2, { progress: 1, phase: 'complete', finishedAt: 1000 });
  await world.pass(MINUTE);
  assert.deepEqual(completions(world), [v2]);
  return world;
}

describe('a sent completion is not repeated', () => {
  for (const type of ['torrents.track', 'torrents.markFinished'] as const) {
    for (const [name, hash] of [
      ['the hash that it was tracked by', v2],
      ['its other hash', v1],
    ] as const) {
      test(`by a late "${type}" with ${name}`, async () => {
        const world = await startAnnounced();
        const before = world.published().length;
        for (let times = 0; times < 3; times += 1) world.supervisor.send({ type, hashes: [hash] });
        await world.pass(MINUTE);
        assert.equal(world.published().length, before, 'no message at all');
        assert.ok(isOver(world));
      });
    }
  }

  test('by a hook that is called while its card is deleted', async () => {
    const world = startWorld();
    world.script.latency.publish = 5000;
    world.set(v2, { progress: 0.5, v1, v2 });
    await world.pass(20 * SECOND);
    world.set(v2, { progress: 1, phase: 'complete', finishedAt: 1000 });
    await world.pass(12 * SECOND);
    assert.deepEqual([...actorsOf(world).values()], ['{"notifying":"cardDeletion"}']);
    world.track(v1);
    world.track(v2);
    await world.pass(2 * MINUTE);
    assert.deepEqual(completions(world), [v2]);
    assert.ok(isOver(world));
  });

  test('after a check of its files, even when a hook is called during the check', async () => {
    const world = await startAnnounced();
    world.set(v2, { phase: 'checking', progress: 0.3 });
    world.track(v2);
    await world.pass(MINUTE);
    world.set(v2, { phase: 'complete', progress: 1 });
    await world.pass(2 * MINUTE);
    assert.deepEqual(completions(world), [v2]);
    assert.deepEqual([...world.phone.cards.keys()], [`${v2}-done`]);
    assert.ok(isOver(world));
  });
});

describe('a completion is sent again', () => {
  for (const type of ['torrents.track', 'torrents.markFinished'] as const) {
    test(`when the torrent was added again, with either hook ("${type}")`, async () => {
      const world = await startAnnounced();
      world.set(v2, { finishedAt: 2000 });
      world.supervisor.send({ type, hashes: [v2] });
      await world.pass(MINUTE);
      assert.deepEqual(completions(world), [v2, v2]);
      assert.ok(isOver(world));
    });
  }

  test('when more of its files were selected, and downloaded', async () => {
    const world = await startAnnounced();
    world.set(v2, { phase: 'downloading', progress: 0.6, finishedAt: null });
    world.track(v2);
    await world.pass(MINUTE);
    world.set(v2, { phase: 'complete', progress: 1, finishedAt: 3000 });
    await world.pass(2 * MINUTE);
    assert.deepEqual(completions(world), [v2, v2]);
    assert.deepEqual([...world.phone.cards.keys()], [`${v2}-done`]);
  });
});
