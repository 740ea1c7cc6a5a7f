import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const start = () => startWorld({ policy: { discoverInterval: MINUTE } });

/** Adds `count` torrents at once, after all others. */
function add(world: World, from: number, count: number, over = {}) {
  const addedAt = Math.floor(world.clock.now() / 1000) + 1000;
  for (let n = from; n < from + count; n += 1) world.set(hashOf(n), { progress: 0, addedAt, ...over });
}

const limits = (world: World, since: number) =>
  world.calls.flatMap((call) => (call.to === 'newest' && call.at >= since ? [call.limit] : []));

describe('discovery with DISCOVER', () => {
  test('tracks all of 120 torrents that were added at once, for which it requests a larger window', async () => {
    const world = start();
    for (let n = 1000; n < 1100; n += 1) world.set(hashOf(n), { phase: 'complete', addedAt: n - 1000 });
    await world.pass(90 * SECOND);
    assert.equal(world.records().length, 0);
    const since = world.clock.now();
    add(world, 0, 120);
    await world.pass(3 * MINUTE);
    assert.equal(world.records().length, 120);
    assert.deepEqual(limits(world, since), [50, 200, 50, 200, 50]);
  });

  test('sends the completion of each of 120 torrents that were added and finished before the next request', async () => {
    const world = start();
    await world.pass(90 * SECOND);
    add(world, 0, 120, { phase: 'complete', progress: 1, finishedAt: 5000 });
    await world.pass(60 * MINUTE);
    const completions = world.published().filter(({ kind }) => kind === 'completion');
    assert.equal(new Set(completions.map(({ key }) => key)).size, 120);
  });

  test('scans again after a first request that failed, and finds what was added before the first answer', async () => {
    const world = start();
    const { newest } = world.script;
    world.script.newest = () => failure('broken');
    await world.pass(30 * SECOND);
    add(world, 0, 1);
    world.script.newest = newest;
    await world.pass(2 * MINUTE);
    assert.equal(world.records().length, 1);
  });

  test('ends an incident when qBittorrent answers again, also with no torrent tracked', async () => {
    const world = start();
    await world.pass(SECOND);
    const { newest } = world.script;
    world.script.newest = () => failure('unreachable');
    await world.pass(5 * MINUTE);
    world.script.newest = newest;
    await world.pass(5 * MINUTE);
    assert.deepEqual(
      world.published().map(({ kind }) => kind),
      ['incident', 'incident-resolved'],
    );
  });
});
