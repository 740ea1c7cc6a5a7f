/** Presses: each counts once. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, MINUTE, SECOND } from '../fixtures.ts';
import { pressOn } from '../../support/command-topic.ts';
import {
  actionsOf,
  answerOf,
  cardOf,
  commandOf,
  download,
  executed,
  press,
  rejections,
  restart,
  startButtons,
} from './scene.ts';

describe('a press', () => {
  test('counts once', async () => {
    const world = await startButtons();
    const hash = await download(world);
    const command = await press(world, hash, 'pause');
    pressOn(world.script.stream, command);
    await world.pass(5 * SECOND);
    assert.deepEqual(executed(world), ['pause']);
    assert.deepEqual(rejections(world), ['repeated']);
  });

  test('counts once, also after a restart', async () => {
    const world = await startButtons();
    const hash = await download(world);
    const command = await press(world, hash, 'pause');
    const next = await restart(world);
    pressOn(next.script.stream, command);
    await next.pass(5 * SECOND);
    assert.deepEqual(executed(next), []);
    assert.deepEqual(rejections(next), ['repeated']);
    assert.deepEqual(actionsOf(next, hash), ['resume', 'mute', 'delete']);
  });

  for (const wait of [0, 20, 60, 500])
    test(`that a kill follows after ${wait} ms takes effect after the restart, once`, async () => {
      const world = await startButtons();
      const hash = await download(world);
      const command = commandOf(world, hash, 'pause');
      pressOn(world.script.stream, command);
      await world.pass(wait);
      const next = await restart(world);
      assert.equal(next.torrents.get(hash)?.phase, 'stopped');
      pressOn(next.script.stream, command);
      await next.pass(MINUTE);
      assert.deepEqual(rejections(next), ['repeated']);
      assert.deepEqual(actionsOf(next, hash), ['resume', 'mute', 'delete']);
      assert.ok([...executed(world), ...executed(next)].every((action) => action === 'pause'));
    });

  test('of Mute that a kill follows mutes after the restart', async () => {
    const world = await startButtons();
    const hash = await download(world);
    pressOn(world.script.stream, commandOf(world, hash, 'mute'));
    const next = await restart(world);
    await next.pass(2 * MINUTE);
    assert.equal(cardOf(next, hash), null);
    assert.equal(next.records()[0]?.remote?.muted?.percent, 43);
  });

  test('that was accepted more than ten minutes before the restart has no effect', async () => {
    const world = await startButtons();
    const hash = await download(world);
    pressOn(world.script.stream, commandOf(world, hash, 'pause'));
    const next = await restart(world, 11 * MINUTE);
    assert.deepEqual(executed(next), []);
    assert.equal(next.torrents.get(hash)?.phase, 'downloading');
  });

  test('on a card of before the torrent was added again has no effect', async () => {
    const world = await startButtons();
    const hash = await download(world);
    const command = commandOf(world, hash, 'delete');
    world.set(hash, { addedAt: 200, progress: 0.1 });
    await world.pass(10 * SECOND);
    pressOn(world.script.stream, command);
    await world.pass(5 * SECOND);
    assert.deepEqual(executed(world), []);
    assert.deepEqual(rejections(world), ['outdated']);
    await press(world, hash, 'pause');
    assert.deepEqual(executed(world), ['pause']);
  });

  test('has no effect either if no poll has seen yet that it was added again, also after a kill', async () => {
    const world = await startButtons();
    const hash = await download(world);
    const [pause, mute] = [commandOf(world, hash, 'pause'), commandOf(world, hash, 'mute')];
    await world.pass(10 * SECOND);
    world.set(hash, { addedAt: 200, progress: 0.1 });
    pressOn(world.script.stream, pause);
    await world.pass(100);
    assert.deepEqual(rejections(world), ['outdated']);
    assert.equal(world.torrents.get(hash)?.phase, 'downloading');
    await world.pass(10 * SECOND);
    pressOn(world.script.stream, mute);
    await world.pass(SECOND);
    assert.deepEqual(rejections(world), ['outdated', 'outdated']);
    await press(world, hash, 'pause');
    assert.equal(world.torrents.get(hash)?.phase, 'stopped');
    pressOn(world.script.stream, commandOf(world, hash, 'resume'));
    world.set(hash, { addedAt: 300 });
    const next = await restart(world);
    assert.equal(next.torrents.get(hash)?.phase, 'stopped');
    assert.deepEqual(rejections(next), ['outdated']);
  });

  test('for a torrent that is complete or gone has no effect', async () => {
    const world = await startButtons();
    const hash = await download(world);
    await download(world, 2);
    const command = commandOf(world, hash, 'pause');
    world.torrents.delete(hash);
    await world.pass(MINUTE);
    pressOn(world.script.stream, command);
    await world.pass(5 * SECOND);
    assert.deepEqual(executed(world), []);
  });

  test('waits for a login if the session has expired', async () => {
    const world = await startButtons();
    const hash = await download(world);
    world.script.session.open = false;
    await press(world, hash, 'pause');
    assert.equal(world.torrents.get(hash)?.phase, 'stopped');
    assert.equal(answerOf(world, hash)?.failure, null);
  });

  test('fails if qBittorrent accepts no login in time', async () => {
    const world = await startButtons();
    const hash = await download(world);
    world.script.session.open = false;
    world.script.login = () => failure('unreachable');
    await press(world, hash, 'pause');
    await world.pass(20 * SECOND);
    assert.equal(answerOf(world, hash)?.failure?.kind, 'unreachable');
    assert.equal(world.torrents.get(hash)?.phase, 'downloading');
  });
});
