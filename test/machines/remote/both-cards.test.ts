/** Presses on the progress card and on the alert of the same torrent: each card has its own answer. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pressOn } from '../../support/command-topic.ts';
import { MINUTE, SECOND } from '../fixtures.ts';
import { actionsOf, answerOf, cardOf, commandOf, download, press, startButtons } from './scene.ts';

const CONFIRMATION = ['deleteTorrent', 'deleteFiles', 'keep'];

/** A torrent whose progress card and alert are shown; the last poll was 20 s ago. */
async function startStalled() {
  const world = await startButtons({ policy: { stallTime: 10 * SECOND, stalledAfter: MINUTE } });
  const hash = await download(world);
  world.set(hash, { phase: 'stalled' });
  await world.pass(6 * MINUTE);
  assert.ok(actionsOf(world, hash).length === 3 && actionsOf(world, hash, 'alert').length === 3);
  const polls = world.count('observe');
  while (world.count('observe') === polls) await world.pass(SECOND);
  await world.pass(20 * SECOND);
  return { world, hash };
}

describe('a press on the alert', () => {
  test('does not end the question on the progress card', async () => {
    const { world, hash } = await startStalled();
    await press(world, hash, 'delete');
    await press(world, hash, 'reannounce', 'alert');
    assert.equal(answerOf(world, hash, 'alert')?.action, 'reannounce');
    await world.pass(40 * SECOND);
    assert.deepEqual(actionsOf(world, hash), CONFIRMATION);
    await world.pass(30 * SECOND);
    assert.equal(actionsOf(world, hash)[1], 'mute');
  });

  test('does not remove the muted card before its minute is over', async () => {
    const { world, hash } = await startStalled();
    const late = commandOf(world, hash, 'reannounce', 'alert');
    await press(world, hash, 'mute');
    pressOn(world.script.stream, late);
    await world.pass(40 * SECOND);
    assert.deepEqual(actionsOf(world, hash), ['unmute']);
    await world.pass(MINUTE);
    assert.equal(cardOf(world, hash), null);
  });

  test('at the same time as Pause lets the progress card not show the state of before', async () => {
    const { world, hash } = await startStalled();
    const before = world.count('publish');
    pressOn(world.script.stream, commandOf(world, hash, 'pause'));
    pressOn(world.script.stream, commandOf(world, hash, 'reannounce', 'alert'));
    await world.pass(MINUTE);
    assert.deepEqual(
      world
        .published()
        .slice(before)
        .map((each) => [each.kind, each.kind === 'progress' && each.card.phase]),
      [
        ['progress', 'stopped'],
        ['alert', false],
        ['alert-clear', false],
      ],
    );
  });
});

test('both cards can ask, and both questions end after a minute', async () => {
  const { world, hash } = await startStalled();
  const commands = [commandOf(world, hash, 'delete'), commandOf(world, hash, 'delete', 'alert')];
  for (const command of commands) pressOn(world.script.stream, command);
  await world.pass(5 * SECOND);
  for (const card of ['progress', 'alert'] as const)
    assert.deepEqual(actionsOf(world, hash, card), CONFIRMATION);
  await world.pass(MINUTE);
  for (const card of ['progress', 'alert'] as const)
    assert.equal(actionsOf(world, hash, card).includes('keep'), false);
});
