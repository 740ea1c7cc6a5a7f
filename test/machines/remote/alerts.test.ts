/** Buttons of alerts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Hash } from '../../../machines/domain.ts';
import { createTestRules } from '../../support/rules.ts';
import { failure, MINUTE, SECOND } from '../fixtures.ts';
import { actionsOf, answerOf, cardOf, download, executed, press, startButtons } from './scene.ts';
import type { ButtonWorld } from './scene.ts';

const policy = { stallTime: 10 * SECOND, stalledAfter: MINUTE, idleInterval: 5 * SECOND };

async function stall(world: ButtonWorld, hash: Hash): Promise<void> {
  world.set(hash, { phase: 'stalled' });
  await world.pass(3 * MINUTE);
}

describe('an alert', () => {
  test('of a stalled torrent has Reannounce, Mute and Delete, and answers in silence', async () => {
    const world = await startButtons({ policy });
    const hash = await download(world);
    await stall(world, hash);
    assert.deepEqual(actionsOf(world, hash, 'alert'), ['reannounce', 'mute', 'delete']);
    const sounds = world.phone.heard.length;
    await press(world, hash, 'reannounce', 'alert');
    assert.deepEqual(executed(world), ['reannounce']);
    assert.equal(answerOf(world, hash, 'alert')?.action, 'reannounce');
    assert.deepEqual(actionsOf(world, hash, 'alert'), ['reannounce', 'mute', 'delete']);
    await press(world, hash, 'reannounce', 'alert');
    assert.deepEqual(executed(world), ['reannounce', 'reannounce']);
    assert.equal(world.phone.heard.length, sounds);
  });

  test('of a torrent in error has Recheck', async () => {
    const world = await startButtons({ policy });
    const hash = await download(world);
    world.set(hash, { phase: 'failed' });
    await world.pass(MINUTE);
    assert.deepEqual(actionsOf(world, hash, 'alert'), ['recheck', 'mute', 'delete']);
    await press(world, hash, 'recheck', 'alert');
    assert.deepEqual(executed(world), ['recheck']);
  });

  test('answers at once where alerts are collected', async () => {
    const world = await startButtons({ policy: { ...policy, digestFrom: 4 } });
    const hash = await download(world);
    await stall(world, hash);
    await press(world, hash, 'delete', 'alert');
    assert.deepEqual(actionsOf(world, hash, 'alert'), ['deleteTorrent', 'deleteFiles', 'keep']);
    await world.pass(2 * MINUTE);
    assert.deepEqual(actionsOf(world, hash, 'alert'), ['reannounce', 'mute', 'delete']);
  });

  test('has the buttons that its rule wants when it was collected', async () => {
    const { rules, change } = createTestRules();
    const world = await startButtons({ rules, policy: { ...policy, digestFrom: 4 } });
    const hash = await download(world);
    world.set(hash, { phase: 'failed' });
    while (world.records()[0]?.alert === null) await world.pass(SECOND);
    assert.equal(cardOf(world, hash, 'alert'), null);
    for (const buttons of [[], ['mute']] as const) {
      change(() => ({ buttons: { alerts: buttons } }));
      await world.pass(4 * SECOND);
    }
    await world.pass(10 * SECOND);
    assert.deepEqual(actionsOf(world, hash, 'alert'), ['mute']);
    assert.deepEqual(world.phone.heard, [`${hash}-err`]);
  });

  test('that is muted shows that for a minute, then both cards go', async () => {
    const world = await startButtons({ policy });
    const hash = await download(world);
    await stall(world, hash);
    await press(world, hash, 'mute', 'alert');
    assert.deepEqual(actionsOf(world, hash, 'alert'), ['unmute']);
    await world.pass(2 * SECOND);
    assert.equal(cardOf(world, hash), null);
    await world.pass(2 * MINUTE);
    assert.equal(cardOf(world, hash, 'alert'), null);
    assert.equal(world.script.stream.reader, null);
  });

  test('that is muted can be shown again', async () => {
    const world = await startButtons({ policy });
    const hash = await download(world);
    await stall(world, hash);
    const sounds = world.phone.heard.length;
    await press(world, hash, 'mute', 'alert');
    await press(world, hash, 'unmute', 'alert');
    await world.pass(10 * SECOND);
    assert.deepEqual(actionsOf(world, hash, 'alert'), ['reannounce', 'mute', 'delete']);
    assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
    assert.equal(world.phone.heard.length, sounds);
  });

  test('is deleted with its torrent', async () => {
    const world = await startButtons({ policy });
    const hash = await download(world);
    await stall(world, hash);
    await press(world, hash, 'delete', 'alert');
    await press(world, hash, 'deleteFiles', 'alert');
    assert.equal(answerOf(world, hash, 'alert')?.action, 'deleteFiles');
    await world.pass(2 * MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], []);
    assert.deepEqual(world.records(), []);
  });
});

test('an alert that is replaced because the actor crashes again and again has no buttons', async () => {
  const { rules } = createTestRules(() => ({ send: ['alerts', 'completion'] }));
  const world = await startButtons({ rules, policy });
  const hash = await download(world);
  await stall(world, hash);
  assert.notEqual(world.script.stream.reader, null);
  world.script.poisoned.add(hash);
  world.set(hash, { progress: 0.5 });
  await world.pass(5 * MINUTE);
  const card = cardOf(world, hash, 'alert');
  assert.deepEqual([card?.kind === 'alert' && card.alert, card?.buttons], ['crashing', undefined]);
  assert.equal(world.script.stream.reader, null);
});

for (const latency of [50, 40 * SECOND])
  test(`an alert that ntfy has not accepted makes its sound with other buttons, after ${latency} ms each`, async () => {
    const inForce = createTestRules();
    const { rules } = inForce;
    const world = await startButtons({ rules, policy: { ...policy, retryMax: 2 * SECOND } });
    const hash = await download(world);
    const { publish } = world.script;
    world.script.publish = () => failure('unreachable');
    world.script.latency.publish = latency;
    await stall(world, hash);
    for (let turn = 0; turn < 8; turn += 1) {
      inForce.change(() => ({ buttons: { alerts: [turn % 2 === 0 ? 'mute' : 'recheck'] } }));
      await world.pass(15 * SECOND);
    }
    world.script.publish = publish;
    await world.pass(10 * MINUTE);
    assert.deepEqual(actionsOf(world, hash, 'alert'), ['recheck']);
    assert.deepEqual(world.phone.heard, [`${hash}-err`]);
    inForce.change(() => ({ buttons: { alerts: ['mute'] } }));
    await world.pass(MINUTE);
    const sent = world.phone.accepted.flatMap((each) =>
      each.kind === 'alert' ? [each.silent === true] : [],
    );
    assert.deepEqual(sent, [false, true]);
  });

test('a digest of alerts has no buttons', async () => {
  const world = await startButtons({ policy: { ...policy, digestFrom: 4 } });
  for (let n = 1; n <= 5; n += 1) await download(world, n);
  for (let n = 1; n <= 5; n += 1) world.set([...world.torrents.keys()][n - 1] ?? '', { phase: 'failed' });
  await world.pass(2 * MINUTE);
  const digests = [...world.phone.cards.values()].filter(({ kind }) => kind === 'digest');
  assert.equal(digests.length, 1);
  assert.ok(!('buttons' in (digests[0] ?? {})));
  const before = world.count('publish');
  await world.pass(10 * MINUTE);
  assert.equal(world.count('publish'), before);
});
