import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { completionsOf, isOver, startDownload, startWorld } from '../../support/world.ts';

const a = hashOf(1);

async function startRechecked() {
  const world = await startDownload(a);
  world.script.settings = () => ok({ rechecks: true, settlesIn: 5000 });
  world.set(a, { phase: 'complete', progress: 1, finishedAt: 11 });
  await world.pass(6 * SECOND);
  return world;
}

describe('with "Recheck torrents on completion"', () => {
  test('a torrent is not complete when the check finds it unfinished, but after a later check that does not', async () => {
    const world = await startDownload(a);
    world.script.settings = () => ok({ rechecks: true, settlesIn: 5000 });
    world.set(a, { phase: 'complete', progress: 1, finishedAt: 11 });
    world.finish(a);
    await world.pass(2 * SECOND);
    world.set(a, { phase: 'checking', progress: 0.1 });
    await world.pass(2 * SECOND);
    world.set(a, { phase: 'downloading', progress: 0.93, finishedAt: null });
    await world.pass(20 * SECOND);
    assert.deepEqual(completionsOf(world), []);
    world.set(a, { phase: 'complete', progress: 1, downloaded: 600_000, finishedAt: 40 });
    await world.pass(3 * SECOND);
    assert.deepEqual(completionsOf(world), [], 'it is checked again');
    world.set(a, { phase: 'checking', progress: 0.9 });
    await world.pass(2 * SECOND);
    world.set(a, { phase: 'complete', progress: 1 });
    await world.pass(2 * SECOND);
    assert.equal(completionsOf(world).length, 1);
  });

  test('a torrent that is not checked is complete a few seconds later', async () => {
    const world = await startRechecked();
    assert.deepEqual(completionsOf(world), []);
    await world.pass(5 * SECOND);
    assert.equal(completionsOf(world).length, 1);
    assert.equal(world.count('settings'), 1, 'one request');
  });

  test('a torrent that is missing after its finished state is complete, without the finish hook', async () => {
    const world = await startRechecked();
    world.torrents.delete(a);
    await world.pass(10 * SECOND);
    assert.equal(completionsOf(world).length, 1);
  });
});

test('completions do not wait for preferences that cannot be read, which are requested at most twice a minute', async () => {
  const world = startWorld();
  world.script.settings = () => failure('broken');
  world.set(a, { phase: 'complete', progress: 1, finishedAt: 1 });
  world.track(a);
  await world.pass(3 * SECOND);
  assert.equal(completionsOf(world).length, 1);
  world.script.settings = () => ok({ rechecks: false, settlesIn: 5000 });
  const before = world.count('settings');
  for (let n = 10; n < 22; n += 1) {
    world.set(hashOf(n), { phase: 'complete', progress: 1, finishedAt: n });
    world.track(hashOf(n));
    await world.pass(5 * SECOND);
  }
  assert.equal(completionsOf(world).length, 13);
  assert.ok(world.count('settings') - before <= 2, 'within a minute');
});

describe('a torrent without downloaded data', () => {
  test('causes no completion when it was complete before its first observation', async () => {
    const world = startWorld();
    world.set(a, { phase: 'checking', progress: 0.5, downloaded: 0 });
    world.track(a);
    await world.pass(5 * SECOND);
    world.set(a, { phase: 'complete', progress: 1, finishedAt: 5 });
    world.finish(a);
    await world.pass(MINUTE);
    assert.deepEqual(world.published(), []);
    assert.ok(isOver(world));
  });

  test('causes its completion when its number of downloaded bytes arrives late', async () => {
    const world = startWorld();
    world.set(a, { phase: 'complete', progress: 1, downloaded: 0, finishedAt: 5 });
    world.track(a);
    await world.pass(2 * SECOND);
    world.set(a, { downloaded: 1_000_000 });
    await world.pass(3 * SECOND);
    assert.equal(completionsOf(world).length, 1);
  });

  test('causes its completion when it had a card', async () => {
    const world = startWorld();
    world.set(a, { progress: 0.5, downloaded: 0 });
    world.track(a);
    await world.pass(10 * SECOND);
    world.set(a, { phase: 'complete', progress: 1, finishedAt: 5 });
    await world.pass(MINUTE);
    assert.equal(completionsOf(world).length, 1);
    assert.ok(isOver(world));
  });
});
