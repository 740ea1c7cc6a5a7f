/** With a small daily quota (ntfy.sh: 250 a day) one summary is kept, and updated in coarse steps. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOUR, MINUTE } from '../fixtures.ts';
import {
  acceptedOf,
  add,
  change,
  keysOf,
  progressCards,
  startDownloads,
  stateOf,
  summaryOn,
} from './downloads.ts';

/** Nine downloads with so many messages a day. */
async function startScarce() {
  const world = startDownloads(9, { policy: { rate: 'auto' } });
  world.script.allowance = () => ({ daily: 250, left: 250 });
  change(world, keysOf(9), { progress: 0 });
  await world.pass(30 * MINUTE);
  return world;
}

describe('with 250 messages a day', () => {
  test('a download of three hours costs the summary a message for each quarter', async () => {
    const world = await startScarce();
    const before = acceptedOf(world, 'summary');
    for (let percent = 0; percent < 100; percent += 1) {
      change(world, keysOf(9), { progress: percent / 100 });
      await world.pass(2 * MINUTE);
    }
    const updates = acceptedOf(world, 'summary') - before;
    assert.ok(updates >= 3 && updates <= 4, `${updates} updates`);
    assert.equal(progressCards(world), 0);
  });

  test('it is not deleted between downloads, and then shows that there are none, without a timer', async () => {
    const world = await startScarce();
    for (const key of keysOf(9)) world.torrents.delete(key);
    await world.pass(HOUR);
    assert.deepEqual([summaryOn(world)?.downloads, acceptedOf(world, 'summary-delete')], [0, 0]);
    assert.equal(stateOf(world), 'idle');
    add(world, keysOf(1, 50), { progress: 0.1 });
    await world.pass(HOUR);
    assert.deepEqual([summaryOn(world)?.downloads, progressCards(world)], [1, 0]);
  });

  test('downloads that join within ten minutes cost one message', async () => {
    const world = await startScarce();
    const before = acceptedOf(world, 'summary');
    for (let n = 0; n < 9; n += 1) {
      add(world, keysOf(1, 20 + n), { progress: 0 });
      await world.pass(MINUTE);
    }
    await world.pass(30 * MINUTE);
    assert.equal(summaryOn(world)?.downloads, 18);
    const updates = acceptedOf(world, 'summary') - before;
    assert.ok(updates >= 1 && updates <= 2, `${updates} updates`);
  });
});
