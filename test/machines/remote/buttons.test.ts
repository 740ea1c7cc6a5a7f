/** Buttons of progress cards: each has its effect once, and the card answers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, HOUR, MINUTE, SECOND } from '../fixtures.ts';
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

describe('a progress card', () => {
  test('has Pause, Mute and Delete; after Pause it says so, and has Resume', async () => {
    const world = await startButtons();
    const hash = await download(world);
    assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
    await press(world, hash, 'pause');
    assert.deepEqual(executed(world), ['pause']);
    assert.deepEqual(answerOf(world, hash), { action: 'pause', failure: null, sharesFiles: null });
    assert.deepEqual(actionsOf(world, hash), ['resume', 'mute', 'delete']);
    assert.equal(cardOf(world, hash)?.kind === 'progress' && world.torrents.get(hash)?.phase, 'stopped');
    await world.pass(MINUTE);
    assert.deepEqual(actionsOf(world, hash), ['resume', 'mute', 'delete']);
    await press(world, hash, 'resume');
    assert.deepEqual(executed(world), ['pause', 'resume']);
    await world.pass(MINUTE);
    assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
  });

  test('is not sent again while nothing changes but the time', async () => {
    const world = await startButtons();
    const hash = await download(world);
    const before = world.count('publish');
    await world.pass(HOUR);
    assert.equal(world.count('publish'), before);
    assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
  });

  test('gets new buttons before the old ones expire', async () => {
    const world = await startButtons();
    const hash = await download(world);
    const before = commandOf(world, hash, 'pause');
    for (let hours = 0; hours < 26; hours += 1) {
      await world.pass(HOUR);
      assert.ok(commandOf(world, hash, 'pause').expiresAt > world.clock.now() + 11 * HOUR);
    }
    assert.notEqual(commandOf(world, hash, 'pause').serial, before.serial);
    assert.ok(world.count('publish') < 6);
  });

  test('says why nothing was done, and has new buttons', async () => {
    const world = await startButtons();
    const hash = await download(world);
    world.script.execute = () => failure('unreachable');
    const { serial } = await press(world, hash, 'pause');
    assert.equal(answerOf(world, hash)?.failure?.kind, 'unreachable');
    assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
    assert.ok(commandOf(world, hash, 'pause').serial > serial);
  });

  test('is answered 1.1 s after the press, not sooner', async () => {
    const world = await startButtons();
    const hash = await download(world);
    pressOn(world.script.stream, commandOf(world, hash, 'mute'));
    await world.pass(SECOND);
    assert.equal(answerOf(world, hash), null);
    await world.pass(SECOND);
    assert.equal(answerOf(world, hash)?.action, 'mute');
  });
});

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
