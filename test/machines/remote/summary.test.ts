/** Presses on cards that a summary has replaced. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { pressOn } from '../../support/command-topic.ts';
import { cardOf, commandOf, download, executed, press, startButtons } from './scene.ts';
import type { ButtonWorld } from './scene.ts';

const policy = { summaryFrom: 2, rate: 10 };

async function startSummary() {
  const world = await startButtons({ policy });
  const hash = await download(world, 1);
  const [pause, mute, remove] = (['pause', 'mute', 'delete'] as const).map((action) =>
    commandOf(world, hash, action),
  );
  for (let n = 2; n <= 4; n += 1) {
    world.set(hashOf(n), { name: `${n}.iso`, addedAt: 100 });
    world.track(hashOf(n));
  }
  await world.pass(30 * SECOND);
  const summary = () => {
    const shown = world.phone.cards.get('sum');
    return shown?.kind === 'summary' ? shown : null;
  };
  assert.equal(summary()?.downloads, 4);
  assert.ok(!world.phone.cards.has(hash));
  return { world, hash, summary, pause, mute, remove };
}

test('a press on a card that the summary has replaced is answered on the summary within two seconds', async () => {
  const { world, hash, summary, pause } = await startSummary();
  assert.ok(pause !== undefined && pressOn(world.script.stream, pause));
  await world.pass(2 * SECOND);
  assert.deepEqual(executed(world), ['pause']);
  assert.deepEqual(summary()?.answer, {
    action: 'pause',
    failure: null,
    sharesFiles: null,
    key: hash,
    name: '1.iso',
  });
  await world.pass(2 * MINUTE);
  assert.equal(summary()?.answer, undefined);
});

test('muted there, it leaves the summary', async () => {
  const { world, summary, mute } = await startSummary();
  assert.ok(mute !== undefined && pressOn(world.script.stream, mute));
  await world.pass(2 * SECOND);
  assert.equal(summary()?.answer?.action, 'mute');
  await world.pass(20 * SECOND);
  assert.equal(summary()?.downloads, 3);
});

test('Delete cannot be confirmed there, and deletes nothing', async () => {
  const { world, hash, summary, remove } = await startSummary();
  assert.ok(remove !== undefined && pressOn(world.script.stream, remove));
  await world.pass(2 * MINUTE);
  assert.ok(world.torrents.has(hash));
  assert.deepEqual(executed(world), ['delete']);
  assert.equal(summary()?.downloads, 4);
});

const isRead = ({ script }: ButtonWorld): boolean => script.stream.reader !== null;

/** All others complete. */
async function completeOthers(world: ButtonWorld): Promise<void> {
  for (let n = 2; n <= 4; n += 1) world.set(hashOf(n), { progress: 1, phase: 'complete', finishedAt: 100 });
  await world.pass(5 * MINUTE);
}

describe('the command topic is not read', () => {
  test('when the summary is over, and no card has returned', async () => {
    const { world, hash, summary } = await startSummary();
    assert.ok(isRead(world));
    world.set(hash, { phase: 'stopped' });
    await completeOthers(world);
    assert.deepEqual([summary(), cardOf(world, hash)], [null, null]);
    assert.ok(!isRead(world));
    world.set(hash, { phase: 'downloading' });
    await world.pass(MINUTE);
    await press(world, hash, 'pause');
    assert.deepEqual(executed(world), ['pause']);
  });

  test('for a torrent that was muted on the summary', async () => {
    const { world, hash, mute } = await startSummary();
    assert.ok(mute !== undefined && pressOn(world.script.stream, mute));
    await world.pass(MINUTE);
    await completeOthers(world);
    assert.deepEqual([world.records().length, cardOf(world, hash)], [1, null]);
    assert.ok(!isRead(world));
  });

  test('for one whose summary began while its card showed that it is muted', async () => {
    const world = await startButtons({ policy });
    const hash = await download(world, 1);
    await press(world, hash, 'mute');
    for (let n = 2; n <= 4; n += 1) await download(world, n);
    await completeOthers(world);
    assert.deepEqual([world.records().length, cardOf(world, hash)], [1, null]);
    assert.ok(!isRead(world));
  });

  test('a day after the summary has replaced all cards: their buttons have expired', async () => {
    const { world, summary } = await startSummary();
    await world.pass(23 * HOUR);
    assert.ok(isRead(world));
    await world.pass(HOUR);
    assert.equal(summary()?.downloads, 4);
    assert.ok(!isRead(world));
  });
});
