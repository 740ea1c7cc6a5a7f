/** Delete, which asks first, and Mute. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pressOn } from '../../support/command-topic.ts';
import { MINUTE, SECOND } from '../fixtures.ts';
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

describe('Delete', () => {
  test('asks first, and deletes the torrent or its files', async () => {
    for (const action of ['deleteTorrent', 'deleteFiles'] as const) {
      const world = await startButtons();
      const hash = await download(world);
      await press(world, hash, 'delete');
      assert.deepEqual(actionsOf(world, hash), ['deleteTorrent', 'deleteFiles', 'keep']);
      assert.equal(answerOf(world, hash)?.sharesFiles, false);
      assert.ok(world.torrents.has(hash));
      await press(world, hash, action);
      assert.equal(answerOf(world, hash)?.action, action);
      assert.deepEqual(actionsOf(world, hash), []);
      assert.ok(!world.torrents.has(hash));
      await world.pass(MINUTE);
      assert.equal(cardOf(world, hash), null);
      assert.deepEqual(world.records(), []);
    }
  });

  test('warns if another torrent uses the same files', async () => {
    const world = await startButtons();
    const hash = await download(world, 1, { size: 5000 });
    await download(world, 2, { size: 5000 });
    await press(world, hash, 'delete');
    assert.equal(answerOf(world, hash)?.sharesFiles, true);
  });

  for (const [first, second] of [
    ['keep', 'deleteFiles'],
    ['deleteTorrent', 'deleteFiles'],
    ['deleteFiles', 'keep'],
  ] as const)
    test(`has one answer: after ${first}, ${second} has no effect`, async () => {
      const world = await startButtons();
      const hash = await download(world);
      await press(world, hash, 'delete');
      const commands = [commandOf(world, hash, first), commandOf(world, hash, second)];
      for (const command of commands) pressOn(world.script.stream, command);
      await world.pass(3 * SECOND);
      assert.deepEqual(executed(world), ['delete', ...(first === 'keep' ? [] : [first])]);
      assert.deepEqual(rejections(world), ['repeated']);
      assert.equal(world.torrents.has(hash), first === 'keep');
      assert.equal(answerOf(world, hash)?.action, first === 'keep' ? undefined : first);
    });

  test('can be confirmed for a minute, also if the last poll was long ago', async () => {
    const world = await startButtons();
    const hash = await download(world);
    world.set(hash, { phase: 'stopped' });
    await world.pass(5 * MINUTE);
    for (let turn = 0; turn < 6; turn += 1) {
      // A paused torrent is polled every 30 s.
      await world.pass(4.3 * SECOND);
      await press(world, hash, 'delete');
      const { expiresAt } = commandOf(world, hash, 'deleteTorrent');
      assert.ok(expiresAt - world.clock.now() >= MINUTE);
      await press(world, hash, 'keep');
      await world.pass(MINUTE);
    }
  });

  test('is not done after Keep, nor after a minute', async () => {
    const world = await startButtons();
    const hash = await download(world);
    await press(world, hash, 'delete');
    const earlier = commandOf(world, hash, 'deleteFiles');
    await press(world, hash, 'keep');
    assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
    // The phone may still show the question.
    pressOn(world.script.stream, earlier);
    await world.pass(2 * SECOND);
    assert.deepEqual(rejections(world), ['repeated']);
    assert.equal(answerOf(world, hash), null);
    await press(world, hash, 'delete');
    const command = commandOf(world, hash, 'deleteFiles');
    await world.pass(61 * SECOND);
    assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
    assert.ok(command.expiresAt <= world.clock.now() + 12 * SECOND);
    assert.deepEqual(executed(world), ['delete', 'delete']);
  });
});

describe('Mute', () => {
  test('shows that for a minute, then the card goes; the completion is sent with its sound', async () => {
    const world = await startButtons();
    const hash = await download(world);
    await press(world, hash, 'mute');
    assert.deepEqual(actionsOf(world, hash), ['unmute']);
    assert.equal(answerOf(world, hash)?.action, 'mute');
    world.set(hash, { progress: 0.6 });
    await world.pass(30 * SECOND);
    assert.equal(answerOf(world, hash)?.action, 'mute');
    await world.pass(MINUTE);
    assert.equal(cardOf(world, hash), null);
    assert.equal(world.script.stream.reader, null);
    world.set(hash, { progress: 0.8 });
    await world.pass(MINUTE);
    assert.equal(cardOf(world, hash), null);
    world.set(hash, { progress: 1, phase: 'complete', finishedAt: 200 });
    await world.pass(MINUTE);
    assert.equal(world.phone.completed.get('1.iso'), 1);
    assert.deepEqual(world.phone.heard, [`${hash}-done`]);
    assert.deepEqual(world.records(), []);
  });

  test('can be undone while the card shows', async () => {
    const world = await startButtons();
    const hash = await download(world);
    await press(world, hash, 'mute');
    await press(world, hash, 'unmute');
    assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
    world.set(hash, { progress: 0.6 });
    await world.pass(2 * MINUTE);
    const card = cardOf(world, hash);
    assert.equal(card?.kind === 'progress' && card.card.percent, 60);
  });

  test('survives a restart, and ends when the torrent is added again', async () => {
    const world = await startButtons();
    const hash = await download(world);
    await press(world, hash, 'mute');
    await world.pass(2 * MINUTE);
    const next = await restart(world);
    next.set(hash, { progress: 0.7 });
    await next.pass(MINUTE);
    assert.equal(cardOf(next, hash), null);
    next.set(hash, { addedAt: 300, progress: 0.8 });
    await next.pass(MINUTE);
    assert.deepEqual(actionsOf(next, hash), ['pause', 'mute', 'delete']);
  });
});
