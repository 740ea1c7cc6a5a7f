/** The alert of a torrent leaves no card behind, whatever ntfy could not accept in the meantime. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Hash } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, ok, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const torrent = hashOf(1);

/** Whether the phone shows an alert of this torrent. A card deletion with `alerted` also deletes the alert's card. */
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

/** A torrent that has stalled for so long that its alert was sent. */
async function startStalled() {
  const world = startWorld();
  world.set(torrent, { progress: 0.5 });
  await world.pass(10 * SECOND);
  world.set(torrent, { phase: 'stalled' });
  await world.pass(HOUR);
  assert.ok(hasAlert(world, torrent), 'the alert should have been sent');
  return world;
}

const resume = (world: World) => world.set(torrent, { phase: 'downloading', progress: 0.6 });
const complete = (world: World) => world.set(torrent, { phase: 'complete', progress: 1 });

describe('the alert of a stalled torrent is deleted', () => {
  test('when it resumes', async () => {
    const world = await startStalled();
    resume(world);
    await world.pass(MINUTE);
    assert.ok(!hasAlert(world, torrent));
  });

  test('when it is complete', async () => {
    const world = await startStalled();
    complete(world);
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

  test('when it resumed and was complete while ntfy was unavailable', async () => {
    const world = await startStalled();
    world.script.publish = () => failure('unreachable');
    resume(world);
    await world.pass(MINUTE);
    complete(world);
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(HOUR);
    assert.ok(!hasAlert(world, torrent));
  });

  test('when it resumed and was removed while ntfy was unavailable', async () => {
    const world = await startStalled();
    world.script.publish = () => failure('unreachable');
    resume(world);
    await world.pass(MINUTE);
    world.torrents.clear();
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(HOUR);
    assert.ok(!hasAlert(world, torrent));
  });

  test('when it resumed and crashed while ntfy was unavailable', async () => {
    const world = await startStalled();
    world.script.publish = () => failure('unreachable');
    resume(world);
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

describe('a torrent that crashes repeatedly', () => {
  test('causes one alert, which is cleared when it works again', async () => {
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

  test('leaves no alert when it works again before ntfy accepts one', async () => {
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
    complete(world);
    await world.pass(MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], [`${torrent}-done`]);
    assert.ok(!hasAlert(world, torrent));
  });
});
