/** Presses on cards that show only milestones: what answers them is sent all the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startWorld } from '../../support/world.ts';
import { failure, MINUTE, SECOND } from '../fixtures.ts';
import { pressOn } from '../../support/command-topic.ts';
import { actionsOf, answerOf, commandOf, download, press, startButtons } from './scene.ts';

const policy = { progress: 'milestones', rate: null, summaryFrom: null, retryMax: 2 * SECOND } as const;
const USUAL = ['pause', 'mute', 'delete'];

describe('with milestones only', () => {
  test('the question ends with Keep', async () => {
    const world = await startButtons({ policy });
    const hash = await download(world);
    await press(world, hash, 'delete');
    assert.equal(answerOf(world, hash)?.action, 'delete');
    await press(world, hash, 'keep');
    assert.deepEqual(actionsOf(world, hash), USUAL);
  });

  test('the question ends after a minute', async () => {
    const world = await startButtons({ policy });
    const hash = await download(world);
    await press(world, hash, 'delete');
    await world.pass(70 * SECOND);
    assert.deepEqual(actionsOf(world, hash), USUAL);
  });

  test('the question ends after a restart', async () => {
    const world = await startButtons({ policy });
    const hash = await download(world);
    await press(world, hash, 'delete');
    const { phone, buttons, clock } = world;
    const records = structuredClone(world.records());
    world.supervisor.stop();
    const next = startWorld({ records, phone, buttons, policy, skew: clock.now() + SECOND });
    for (const [key, torrent] of world.torrents) next.torrents.set(key, torrent);
    await next.pass(MINUTE);
    assert.deepEqual(actionsOf(next, hash), USUAL);
  });

  for (const [latency, polls] of [
    [50, 4],
    [40 * SECOND, 6],
  ] as const)
    test(`a question that waits for ntfy is not lost when the percent rises, ${latency} ms each`, async () => {
      const world = await startButtons({ policy });
      const hash = await download(world);
      const { publish } = world.script;
      world.script.publish = () => failure('unreachable');
      world.script.latency.publish = latency;
      pressOn(world.script.stream, commandOf(world, hash, 'delete'));
      for (let percent = 44; percent < 44 + polls; percent += 1) {
        await world.pass(10 * SECOND);
        world.set(hash, { progress: percent / 100 });
      }
      world.script.publish = publish;
      await world.pass(3 * MINUTE);
      assert.deepEqual(
        world.phone.accepted.flatMap((each) => (each.kind === 'progress' ? [each.answer?.action] : [])),
        [undefined, 'delete', undefined],
      );
    });
});
