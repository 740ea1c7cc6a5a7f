import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, MINUTE, ok } from '../fixtures.ts';
import { actorsOf, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [v1, v2] = [hashOf(1), hashOf(2)];

/** The metadata of a hybrid arrives: qBittorrent lists it under its v2 hash from now on. */
function changeId(world: World) {
  const before = world.torrents.get(v1);
  world.torrents.delete(v1);
  world.set(v2, { ...before, hash: v2, v1, v2 });
}

describe('a hybrid whose ID changes', () => {
  test('is tracked under its new ID, and its cards keep their sequence IDs', async () => {
    const world = startWorld();
    world.set(v1, { progress: 0.1 });
    await world.pass(10_000);
    changeId(world);
    world.set(v2, { progress: 0.5 });
    await world.pass(10_000);
    assert.equal(world.records()[0]?.hash, v2);
    world.set(v2, { progress: 1, phase: 'complete' });
    await world.pass(MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], [`${v1}-done`]);
    assert.deepEqual(world.records(), []);
  });

  test('is tracked also when its ID changes back', async () => {
    const world = startWorld();
    world.set(v1, { progress: 0.1 });
    await world.pass(10_000);
    changeId(world);
    await world.pass(10_000);
    world.torrents.delete(v2);
    world.set(v1, { progress: 0.5, v1, v2 });
    await world.pass(30_000);
    assert.deepEqual([...actorsOf(world).keys()], [v1]);
    assert.deepEqual([...world.phone.cards.keys()], [v1]);
  });

  test('keeps its card when a scan finds it before the polls do', async () => {
    const world = startWorld();
    world.script.latency.list = 3000;
    world.set(v1, { progress: 0.1 });
    await world.pass(10_000);
    changeId(world);
    world.supervisor.send({ type: 'rescan' });
    await world.pass(100);
    world.set(v2, { progress: 0.5 });
    await world.pass(20_000);
    assert.deepEqual([...actorsOf(world).keys()], [v1]);
    assert.ok(world.published().every(({ kind, key }) => kind === 'progress' && key === v1));
  });

  test('is one torrent with one card, also if it was tracked by both hashes', async () => {
    const world = startWorld();
    world.set(v1, { progress: 0.1 });
    world.set(v2, { progress: 0.1 });
    await world.pass(20_000);
    assert.equal(world.phone.cards.size, 2);
    changeId(world);
    await world.pass(20_000);
    assert.deepEqual([...actorsOf(world).keys()], [v2]);
    assert.deepEqual([...world.phone.cards.keys()], [v2]);
  });

  test('leaves no card behind that waited for ntfy when its two records were merged', async () => {
    const world = startWorld();
    world.script.publish = () => failure('unreachable');
    world.set(v1, { progress: 0.1 });
    world.set(v2, { progress: 0.1 });
    await world.pass(10_000);
    changeId(world);
    await world.pass(20_000);
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    world.set(v2, { progress: 1, phase: 'complete' });
    await world.pass(MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], [`${v2}-done`]);
  });
});
