import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, HOUR, MINUTE, ok } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [first, second] = [hashOf(1), hashOf(2)];

const complete = (world: World, hash: string) => world.set(hash, { progress: 1, phase: 'complete' });

describe('a torrent that is added again', () => {
  test('while its old card is deleted is tracked to its completion', async () => {
    const world = startWorld();
    world.set(first, { progress: 0.5 });
    await world.pass(10_000);
    world.script.publish = () => failure('unreachable');
    world.torrents.delete(first);
    await world.pass(MINUTE);
    world.set(first, { progress: 0.1 });
    world.track(first);
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    complete(world, first);
    await world.pass(MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], [`${first}-done`]);
  });

  test('after its card was deleted is tracked like a new one', async () => {
    const world = startWorld();
    world.set(first, { progress: 0.5 });
    await world.pass(10_000);
    world.torrents.delete(first);
    await world.pass(MINUTE);
    assert.equal(world.phone.cards.size, 0);
    world.set(first, { progress: 0.1 });
    world.track(first);
    await world.pass(10_000);
    complete(world, first);
    await world.pass(MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], [`${first}-done`]);
  });
});

describe('a completion that ntfy has not accepted yet', () => {
  test('is sent although the torrent was removed from qBittorrent in the meantime', async () => {
    const world = startWorld();
    world.set(first, { progress: 0.1 });
    await world.pass(10_000);
    world.script.publish = () => failure('unreachable');
    complete(world, first);
    await world.pass(MINUTE);
    world.torrents.delete(first);
    await world.pass(HOUR);
    world.script.publish = () => ok({ live: true });
    await world.pass(HOUR);
    assert.deepEqual([...world.phone.cards.keys()], [`${first}-done`]);
  });

  test('is sent although a service crashed after the torrent was removed from qBittorrent', async () => {
    const world = startWorld();
    world.set(first, { progress: 0.1 });
    world.set(second, { progress: 0.1 });
    await world.pass(10_000);
    world.script.publish = () => failure('unreachable');
    complete(world, first);
    await world.pass(MINUTE);
    world.torrents.delete(first);
    const { observe } = world.script;
    world.script.observe = () => {
      world.script.observe = observe;
      throw new Error('a bug');
    };
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    assert.ok(world.phone.cards.has(`${first}-done`));
  });
});

test('a milestone is sent once, although ntfy accepts it late', async () => {
  const world = startWorld();
  world.script.publish = () => ok({ live: false });
  world.set(first, { progress: 0.1 });
  await world.pass(MINUTE);
  world.script.latency.publish = 8000;
  for (const progress of [0.24, 0.26, 0.27, 0.28, 0.29]) {
    world.set(first, { progress });
    await world.pass(5000);
  }
  await world.pass(MINUTE);
  const percents = world.phone.accepted.map((notification) =>
    notification.kind === 'progress' ? notification.card.percent : notification.kind,
  );
  assert.deepEqual(percents, [10, 26]);
});

describe('a card that was never shown', () => {
  test('is not deleted: with milestones, a quick torrent costs one message', async () => {
    const world = startWorld({ policy: { progress: 'milestones' } });
    world.set(first, { progress: 0.1 });
    await world.pass(10_000);
    complete(world, first);
    await world.pass(MINUTE);
    assert.deepEqual(
      world.published().map(({ kind }) => kind),
      ['completion'],
    );
  });

  test('is not deleted: progress that waited for the budget until the end left no card', async () => {
    const world = startWorld();
    const hashes = Array.from({ length: 60 }, (_, n) => hashOf(n));
    for (const hash of hashes) world.set(hash, { progress: 0.1 });
    await world.pass(10_000);
    const shown = world.phone.cards.size;
    for (const hash of hashes) complete(world, hash);
    await world.pass(2 * HOUR);
    const kinds = Map.groupBy(world.published(), ({ kind }) => kind);
    assert.equal(world.phone.cards.size, 60);
    assert.equal(kinds.get('completion')?.length, 60);
    assert.ok(
      (kinds.get('card-delete')?.length ?? 0) <= shown + 4,
      `${kinds.get('card-delete')?.length} for ${shown}`,
    );
  });
});
