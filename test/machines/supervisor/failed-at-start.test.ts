import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification } from '../../../machines/domain.ts';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const QUARTER = 15 * MINUTE;

const hashes = (count: number) => Array.from({ length: count }, (_, n) => hashOf(n));

/** A world whose qBittorrent has `count` failed downloads when the sidecar starts. */
function startFailed(count: number, options: Parameters<typeof startWorld>[0] = {}): World {
  const world = startWorld(options);
  for (const hash of hashes(count)) world.set(hash, { phase: 'failed', progress: 0 });
  return world;
}

const keysOf = (world: World, kind: Notification['kind']) =>
  world.published().flatMap((notification) => (notification.kind === kind ? [notification.key] : []));

/** The disk is back: the torrent is checked, continues to download and is complete. */
async function repair(world: World, hash: string) {
  for (const [phase, progress] of [
    ['checking', 0.2],
    ['downloading', 0.6],
  ] as const) {
    world.set(hash, { phase, progress });
    await world.pass(31 * SECOND);
  }
  world.set(hash, { phase: 'complete', progress: 1, finishedAt: 1000 });
  await world.pass(MINUTE);
}

describe('a download that has failed when the sidecar starts', () => {
  test('causes an alert, and its completion once it is repaired and complete', async () => {
    const world = startFailed(1);
    await world.pass(MINUTE);
    assert.deepEqual(keysOf(world, 'alert'), [hashOf(0)]);
    await repair(world, hashOf(0));
    assert.deepEqual(keysOf(world, 'completion'), [hashOf(0)]);
    assert.deepEqual([...world.phone.cards.keys()], [`${hashOf(0)}-done`]);
    assert.deepEqual(world.records(), []);
  });

  test('causes its completion also when it is complete at its next observation', async () => {
    const world = startFailed(100);
    await world.pass(QUARTER);
    world.set(hashOf(7), { phase: 'complete', progress: 1, finishedAt: 1000 });
    await world.pass(MINUTE);
    assert.deepEqual(keysOf(world, 'completion'), [hashOf(7)]);
  });

  test('is not tracked when it was complete before it failed', async () => {
    const world = startWorld({ policy: { discoverInterval: MINUTE } });
    world.set(hashOf(0), { phase: 'failed', progress: 0, finishedAt: 1000 });
    await world.pass(5 * MINUTE);
    // The discovery finds this one, too.
    world.set(hashOf(1), { phase: 'failed', progress: 0, finishedAt: 1000, addedAt: 1000 });
    await world.pass(5 * MINUTE);
    assert.deepEqual([world.records(), world.published()], [[], []]);
  });
});

describe('a hundred failed downloads at the start', () => {
  test('are tracked without a card and without an alert', async () => {
    const world = startFailed(100);
    await world.pass(QUARTER);
    assert.equal(world.records().length, 100);
    assert.deepEqual(world.published(), []);
  });

  test('cause notifications as any other once they are repaired', async () => {
    const world = startFailed(100);
    await world.pass(MINUTE);
    await repair(world, hashOf(7));
    assert.deepEqual(keysOf(world, 'completion'), [hashOf(7)]);
    assert.ok(keysOf(world, 'progress').includes(hashOf(7)));
    assert.deepEqual(new Set(world.published().map(({ key }) => key)), new Set([hashOf(7)]));
  });

  test('cause an alert when they fail again after a repair', async () => {
    const world = startFailed(100);
    await world.pass(MINUTE);
    world.set(hashOf(7), { phase: 'downloading', progress: 0.6 });
    await world.pass(MINUTE);
    world.set(hashOf(7), { phase: 'failed', progress: 0.6 });
    await world.pass(MINUTE);
    assert.deepEqual(keysOf(world, 'alert'), [hashOf(7)]);
    assert.deepEqual(
      world.records().flatMap(({ key, quiet }) => (quiet ? [] : [key])),
      [hashOf(7)],
      'also after a restart',
    );
  });

  test('cause no notification after a restart', async () => {
    const first = startFailed(100);
    await first.pass(MINUTE);
    const second = startFailed(100, { records: first.records() });
    await second.pass(QUARTER);
    assert.equal(second.records().length, 100);
    assert.deepEqual(second.published(), []);
  });
});
