/** The answer to a press, where ntfy limits the messages. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Hash } from '../../../machines/domain.ts';
import { pressOn } from '../../support/command-topic.ts';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { actionsOf, answerOf, commandOf, download, startButtons } from './scene.ts';
import type { ButtonWorld } from './scene.ts';

const advance = (world: ButtonWorld, count: number, by: number) => {
  for (let n = 1; n <= count; n += 1) {
    const { progress = 0 } = world.torrents.get(hashOf(n)) ?? {};
    world.set(hashOf(n), { progress: Math.min(0.98, progress + by) });
  }
};

/** Seconds until the card shows the answer. */
async function secondsUntilAnswer(world: ButtonWorld, hash: Hash): Promise<number> {
  for (let seconds = 0; seconds < 600; seconds += 1) {
    if (answerOf(world, hash) !== null) return seconds;
    await world.pass(SECOND);
  }
  return Infinity;
}

test('with a small daily quota progress is one summary without buttons, unless PROGRESS is cards', async () => {
  for (const progress of ['auto', 'cards'] as const) {
    const world = await startButtons({ policy: { rate: 'auto', summaryFrom: 8, progress } });
    world.script.allowance = () => ({ daily: 250, left: 200 });
    const hashes = [
      await download(world, 1, { progress: 0.01 }),
      await download(world, 2, { progress: 0.01 }),
    ];
    for (let minute = 0; minute < 60; minute += 1) {
      advance(world, 2, 0.01);
      await world.pass(MINUTE);
    }
    const kinds = new Set([...world.phone.cards.values()].map(({ kind }) => kind));
    assert.deepEqual([...kinds], [progress === 'cards' ? 'progress' : 'summary']);
    for (const hash of hashes) assert.equal(actionsOf(world, hash).length, progress === 'cards' ? 3 : 0);
  }
});

describe('an answer is on its card within seconds', () => {
  test('while more progress waits than the rate allows', async () => {
    const world = await startButtons({ policy: { rate: 10, summaryFrom: null } });
    for (let n = 1; n <= 40; n += 1) {
      world.set(hashOf(n), { name: `${n}.iso`, progress: 0.01, addedAt: 100 });
      world.track(hashOf(n));
    }
    for (let poll = 0; poll < 60; poll += 1) {
      await world.pass(5 * SECOND);
      advance(world, 40, 0.01);
    }
    for (const n of [3, 17]) {
      const before = world.count('publish');
      pressOn(world.script.stream, commandOf(world, hashOf(n), 'mute'));
      assert.ok((await secondsUntilAnswer(world, hashOf(n))) <= 3);
      assert.ok(world.count('publish') - before <= 3);
    }
  });

  test('while a small daily quota is spread over the day, and so is the end of a question', async () => {
    const policy = { rate: 'auto', progress: 'cards', summaryFrom: null } as const;
    const world = await startButtons({ policy });
    world.script.allowance = () => ({ daily: 250, left: 200 });
    const hash = await download(world);
    await world.pass(30 * MINUTE);
    for (let turn = 0; turn < 3; turn += 1) {
      advance(world, 1, 0.01);
      await world.pass(20 * SECOND);
      pressOn(world.script.stream, commandOf(world, hash, 'delete'));
      assert.ok((await secondsUntilAnswer(world, hash)) <= 3);
      assert.deepEqual(actionsOf(world, hash), ['deleteTorrent', 'deleteFiles', 'keep']);
      await world.pass(70 * SECOND);
      assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
    }
  });
});
