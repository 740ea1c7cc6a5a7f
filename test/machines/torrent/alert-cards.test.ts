/** What is said aloud of a torrent leaves no card behind, whatever ntfy could not take meanwhile. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Hash } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, ok, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const torrent = hashOf(1);

/** Whether the phone shows an alert, as the client for ntfy takes cards away: a card deletion's `alert` says of which. */
function hasAlert({ phone }: World, key: Hash): boolean {
  let shows = false;
  for (const notification of phone.accepted) {
    if (notification.key !== key) continue;
    if (notification.kind === 'alert') shows = true;
    if (notification.kind === 'alert-clear') shows = false;
    if (notification.kind === 'card-delete' && notification.alerted) shows = false;
  }
  return shows;
}

/** A torrent that has stalled for so long that it was said aloud. */
async function startStalled() {
  const world = startWorld();
  world.set(torrent, { progress: 0.5 });
  await world.pass(10 * SECOND);
  world.set(torrent, { phase: 'stalled' });
  await world.pass(HOUR);
  assert.ok(hasAlert(world, torrent), 'it should be said aloud by now');
  return world;
}

const goesOn = (world: World) => world.set(torrent, { phase: 'downloading', progress: 0.6 });
const isThere = (world: World) => world.set(torrent, { phase: 'complete', progress: 1 });

describe('the alert of a torrent that stalled leaves the phone', () => {
  test('when it goes on', async () => {
    const world = await startStalled();
    goesOn(world);
    await world.pass(MINUTE);
    assert.ok(!hasAlert(world, torrent));
  });

  test('when it is complete', async () => {
    const world = await startStalled();
    isThere(world);
    await world.pass(MINUTE);
    assert.ok(!hasAlert(world, torrent));
    assert.deepEqual([...world.phone.cards.keys()], [`${torrent}-done`]);
  });

  test('when it is removed', async () => {
    const world = await startStalled();
    world.torrents.clear();
    await world.pass(MINUTE);
    assert.ok(!hasAlert(world, torrent));
  });

  test('when it went on and was complete while ntfy was away', async () => {
    const world = await startStalled();
    world.script.publish = () => failure('unreachable');
    goesOn(world);
    await world.pass(MINUTE);
    isThere(world);
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(HOUR);
    assert.ok(!hasAlert(world, torrent));
  });

  test('when it went on and was removed while ntfy was away', async () => {
    const world = await startStalled();
    world.script.publish = () => failure('unreachable');
    goesOn(world);
    await world.pass(MINUTE);
    world.torrents.clear();
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(HOUR);
    assert.ok(!hasAlert(world, torrent));
  });

  test('when it went on and crashed while ntfy was away', async () => {
    const world = await startStalled();
    world.script.publish = () => failure('unreachable');
    goesOn(world);
    await world.pass(MINUTE);
    world.script.poisoned.add(torrent);
    await world.pass(10 * SECOND);
    world.script.poisoned.clear();
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(HOUR);
    assert.ok(!hasAlert(world, torrent));
  });
});

describe('a torrent that crashes again and again', () => {
  test('is said aloud, once, and taken back when it lives', async () => {
    const world = startWorld();
    world.set(torrent, { progress: 0.5 });
    await world.pass(10 * SECOND);
    world.script.poisoned.add(torrent);
    await world.pass(HOUR);
    assert.equal(world.phone.accepted.filter(({ kind }) => kind === 'alert').length, 1);
    world.script.poisoned.clear();
    await world.pass(HOUR);
    assert.ok(!hasAlert(world, torrent));
  });

  test('and lives before ntfy could be told is not called a problem for ever', async () => {
    const world = startWorld();
    world.set(torrent, { progress: 0.5 });
    await world.pass(10 * SECOND);
    world.script.publish = () => failure('unreachable');
    world.script.poisoned.add(torrent);
    await world.pass(2 * MINUTE);
    world.script.poisoned.clear();
    await world.pass(10 * MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(HOUR);
    isThere(world);
    await world.pass(MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], [`${torrent}-done`]);
    assert.ok(!hasAlert(world, torrent));
  });
});
