import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification } from '../../../machines/domain.ts';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const QUARTER = 15 * MINUTE;

const hashes = (count: number) => Array.from({ length: count }, (_, n) => hashOf(n));

/** A world whose qBittorrent has so many broken downloads when the sidecar starts. */
function startBroken(count: number, options: Parameters<typeof startWorld>[0] = {}): World {
  const world = startWorld(options);
  for (const hash of hashes(count)) world.set(hash, { phase: 'failed', progress: 0 });
  return world;
}

const keysOf = (world: World, kind: Notification['kind']) =>
  world.published().flatMap((notification) => (notification.kind === kind ? [notification.key] : []));

/** The disk is back: it is checked, downloads on and is complete. */
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

describe('a download that is broken when the sidecar starts', () => {
  test('is alerted of, and told once it is repaired and complete', async () => {
    const world = startBroken(1);
    await world.pass(MINUTE);
    assert.deepEqual(keysOf(world, 'alert'), [hashOf(0)]);
    await repair(world, hashOf(0));
    assert.deepEqual(keysOf(world, 'completion'), [hashOf(0)]);
    assert.deepEqual([...world.phone.cards.keys()], [`${hashOf(0)}-done`]);
    assert.deepEqual(world.records(), []);
  });

  test('is told even when it was complete before anything else was seen of it', async () => {
    const world = startBroken(100);
    await world.pass(QUARTER);
    world.set(hashOf(7), { phase: 'complete', progress: 1, finishedAt: 1000 });
    await world.pass(MINUTE);
    assert.deepEqual(keysOf(world, 'completion'), [hashOf(7)]);
  });

  test('is no download when it was complete before it broke', async () => {
    const world = startWorld({ policy: { discoverInterval: MINUTE } });
    world.set(hashOf(0), { phase: 'failed', progress: 0, finishedAt: 1000 });
    await world.pass(5 * MINUTE);
    // Found by the discovery too.
    world.set(hashOf(1), { phase: 'failed', progress: 0, finishedAt: 1000, addedAt: 1000 });
    await world.pass(5 * MINUTE);
    assert.deepEqual([world.records(), world.published()], [[], []]);
  });
});

describe('a hundred broken downloads at the start', () => {
  test('are followed without a card and without an alert', async () => {
    const world = startBroken(100);
    await world.pass(QUARTER);
    assert.equal(world.records().length, 100);
    assert.deepEqual(world.published(), []);
  });

  test('are told like any other as they are repaired', async () => {
    const world = startBroken(100);
    await world.pass(MINUTE);
    await repair(world, hashOf(7));
    assert.deepEqual(keysOf(world, 'completion'), [hashOf(7)]);
    assert.ok(keysOf(world, 'progress').includes(hashOf(7)));
    assert.deepEqual(new Set(world.published().map(({ key }) => key)), new Set([hashOf(7)]));
  });

  test('may break again, and then each says so', async () => {
    const world = startBroken(100);
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

  test('stay silent over a restart', async () => {
    const first = startBroken(100);
    await first.pass(MINUTE);
    const second = startBroken(100, { records: first.records() });
    await second.pass(QUARTER);
    assert.equal(second.records().length, 100);
    assert.deepEqual(second.published(), []);
  });
});
