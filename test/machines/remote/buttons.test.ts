/** Buttons of progress cards: each has its effect once, and the card answers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { pressOn } from '../../support/command-topic.ts';
import { actionsOf, answerOf, cardOf, commandOf, download, executed, press, startButtons } from './scene.ts';

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

  test('is sent once for a press of Pause or Resume, also if the last poll was long ago', async () => {
    const world = await startButtons();
    const hash = await download(world);
    const sent = () => world.count('publish');
    const before = sent();
    await press(world, hash, 'pause');
    await world.pass(10 * MINUTE);
    assert.equal(sent(), before + 1);
    for (let turn = 0; turn < 4; turn += 1) {
      // A paused torrent is polled every 30 s.
      await world.pass(7 * SECOND);
      await press(world, hash, 'resume');
      await press(world, hash, 'pause');
      await world.pass(2 * MINUTE);
      const cards = world.published().flatMap((each) => (each.kind === 'progress' ? [each] : []));
      assert.deepEqual(
        cards.slice(-2).map(({ card: { phase }, answer }) => [answer?.action, phase]),
        [
          ['resume', 'downloading'],
          ['pause', 'stopped'],
        ],
      );
    }
    assert.equal(sent(), before + 9);
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
