/** The cost of stopping, in steps: with thousands of torrents, one step for each torrent takes seconds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyActorRef } from 'xstate';
import { hashOf, ok, SECOND } from './fixtures.ts';
import { timersOf } from './harness.ts';
import { actorsOf, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const COUNT = 2000;

/** A world that tracks `COUNT` torrents. */
async function trackMany(): Promise<World> {
  const world = startWorld({ policy: { rate: null } });
  for (let n = 0; n < COUNT; n += 1) {
    world.set(hashOf(n), { phase: 'stopped' });
    world.track(hashOf(n));
  }
  await world.pass(10 * SECOND);
  assert.equal(actorsOf(world).size, COUNT);
  return world;
}

/** Counts the actors that are stopped from now on. */
function countStops({ supervisor }: World) {
  const stops = { count: 0 };
  supervisor.system.inspect((inspected) => {
    if (inspected.type === '@xstate.snapshot' && inspected.event.type === 'xstate.stop') stops.count += 1;
  });
  return stops;
}

type Shard = { children: Record<string, AnyActorRef> };

/** How many children each shard has. */
function loadsOf({ supervisor }: World): number[] {
  return Object.entries(supervisor.getSnapshot().children).flatMap(([id, shard]) => {
    const snapshot = shard?.getSnapshot() as Shard | undefined;
    return id.startsWith('shard.') && snapshot ? [Object.keys(snapshot.children).length] : [];
  });
}

describe('with thousands of torrents', () => {
  test('a stop takes one step for each service and shard, and none for a torrent', async () => {
    const world = await trackMany();
    const stops = countStops(world);
    world.supervisor.stop();
    assert.ok(stops.count <= 256 + 20, `${stops.count} stops`);
    assert.deepEqual(timersOf(world.clock), []);
  });

  test('a restart after a crash of a service takes as few, and each torrent is tracked again, once', async () => {
    const world = await trackMany();
    const before = [...actorsOf(world).keys()].toSorted();
    const stops = countStops(world);
    world.script.observe = () => {
      world.script.observe = () => ok([...world.torrents.values()]);
      throw new Error('a bug');
    };
    await world.pass(60 * SECOND);
    assert.equal(world.count('login'), 2);
    assert.ok(stops.count <= 256 + 40, `${stops.count} stops`);
    assert.deepEqual([...actorsOf(world).keys()].toSorted(), before);
  });

  test('whose first digits are equal, no shard has much more than its share', () => {
    const world = startWorld();
    for (let n = 0; n < 5000; n += 1) world.track(`00${n.toString(16).padStart(38, '0')}`);
    const loads = loadsOf(world);
    assert.equal(
      loads.reduce((sum, load) => sum + load, 0),
      5000,
    );
    assert.ok(Math.max(...loads) <= 100, `${Math.max(...loads)} in one of ${loads.length}`);
  });
});
