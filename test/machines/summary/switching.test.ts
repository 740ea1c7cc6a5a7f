/** While many torrents download on a topic, one summary replaces their cards. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { createTestRules, inCategory } from '../../support/rules.ts';
import { startWorld } from '../../support/world.ts';
import {
  acceptedOf,
  add,
  boardOf,
  change,
  keysOf,
  progressCards,
  startDownloads,
  stateOf,
  SUMMARY,
  summaryOn,
  topicOf,
} from './downloads.ts';

/** Without a limit of messages: what is shown is what was decided. */
const policy = { rate: null };

/** A world with a summary of nine downloads. */
async function startSummary() {
  const world = startDownloads(9, { policy });
  await world.pass(30 * SECOND);
  return world;
}

describe('the ninth download', () => {
  test('brings one silent summary, and all cards go', async () => {
    const world = startDownloads(8, { policy });
    await world.pass(MINUTE);
    assert.deepEqual([progressCards(world), summaryOn(world)], [8, undefined]);
    assert.equal(stateOf(world), 'idle');
    add(world, [hashOf(9)]);
    await world.pass(20 * SECOND);
    assert.deepEqual([...world.phone.cards.keys()], [SUMMARY]);
    assert.equal(summaryOn(world)?.downloads, 9);
    assert.deepEqual(world.phone.heard, []);
  });

  test('of a topic counts, not of all topics', async () => {
    const { rules } = createTestRules(({ category }) => ({ rule: 'r', route: category ?? 'default' }));
    const world = startWorld({ policy, rules });
    add(world, keysOf(8), inCategory('films'));
    add(world, keysOf(9, 11), inCategory('books'));
    await world.pass(30 * SECOND);
    assert.equal(progressCards(world), 8);
    assert.deepEqual([summaryOn(world, 'films'), summaryOn(world, 'books')?.downloads], [undefined, 9]);
  });

  test('that starts with eight others causes few cards, all of which are deleted', async () => {
    const world = startDownloads(100, { policy });
    await world.pass(30 * SECOND);
    assert.deepEqual([...world.phone.cards.keys()], [SUMMARY]);
    assert.ok(acceptedOf(world, 'progress') <= 4, `${acceptedOf(world, 'progress')} cards`);
    assert.equal(acceptedOf(world, 'card-delete'), acceptedOf(world, 'progress'));
  });
});

describe('the summary', () => {
  test('is updated while something changes, at most every ten seconds, and otherwise not', async () => {
    const world = await startSummary();
    const before = acceptedOf(world, 'summary');
    await world.pass(5 * MINUTE);
    // The time of the end moves with the clock: no more than once a minute.
    assert.ok(acceptedOf(world, 'summary') - before <= 5);
    for (let second = 0; second < 60; second += 1) {
      change(world, keysOf(9), { progress: 0.5 + second / 200 });
      await world.pass(SECOND);
    }
    const updates = acceptedOf(world, 'summary') - before - 5;
    assert.ok(updates >= 1 && updates <= 7, `${updates} updates`);
    assert.ok((summaryOn(world)?.percent ?? 0) >= 70);
  });

  test('lists no torrent that is paused, queued, complete or removed', async () => {
    const world = startDownloads(20, { policy });
    await world.pass(30 * SECOND);
    change(world, [hashOf(1)], { phase: 'stopped' });
    change(world, [hashOf(2)], { phase: 'queued' });
    change(world, [hashOf(3)], { phase: 'complete', progress: 1 });
    world.torrents.delete(hashOf(4));
    change(world, [hashOf(5)], { phase: 'failed' });
    change(world, [hashOf(6)], { phase: 'stalled' });
    await world.pass(MINUTE);
    const listed = summaryOn(world)?.lines.map(({ key }) => key) ?? [];
    assert.deepEqual(new Set(listed), new Set(keysOf(15, 6)));
    assert.equal(summaryOn(world)?.downloads, 15);
  });

  test('lists no torrent of which a rule excludes the progress, or that is on another topic', async () => {
    const changing = createTestRules();
    const world = startDownloads(20, { policy, rules: changing.rules });
    await world.pass(30 * SECOND);
    assert.equal(summaryOn(world)?.downloads, 20);
    changing.change(({ hash }) => {
      if (keysOf(4).includes(hash)) return { rule: 'quiet', send: ['completion'] };
      return keysOf(3, 5).includes(hash) ? { rule: 'films', route: 'films' } : null;
    });
    await world.pass(MINUTE);
    assert.equal(summaryOn(world)?.downloads, 13);
    assert.deepEqual([progressCards(world), summaryOn(world, 'films')], [3, undefined]);
  });

  test('never has a percent of a torrent that decreases', async () => {
    const world = startDownloads(12, { policy });
    await world.pass(30 * SECOND);
    change(world, [hashOf(1)], { phase: 'checking', progress: 0.1 });
    await world.pass(20 * SECOND);
    assert.equal(summaryOn(world)?.downloads, 11);
    change(world, [hashOf(1)], { phase: 'downloading', progress: 0.2 });
    await world.pass(20 * SECOND);
    assert.equal(summaryOn(world)?.lines.find(({ key }) => key === hashOf(1))?.percent, 50);
  });
});

describe('single cards return', () => {
  test('when at most half as many torrents have downloaded for a minute', async () => {
    const world = await startSummary();
    change(world, keysOf(5), { phase: 'complete', progress: 1 });
    await world.pass(50 * SECOND);
    assert.deepEqual([progressCards(world), summaryOn(world)?.downloads], [0, 4]);
    await world.pass(MINUTE);
    assert.deepEqual([progressCards(world), summaryOn(world)], [4, undefined]);
    assert.equal(acceptedOf(world, 'summary-delete'), 1);
    assert.equal(stateOf(world), 'idle');
    assert.equal(topicOf(world)?.summary, 'none');
  });

  test('but not while there are more than half, or soon are again', async () => {
    const world = await startSummary();
    change(world, keysOf(4), { phase: 'stopped' });
    await world.pass(5 * MINUTE);
    assert.deepEqual([progressCards(world), summaryOn(world)?.downloads], [0, 5]);
    for (let times = 0; times < 5; times += 1) {
      change(world, [hashOf(5)], { phase: 'stopped' });
      await world.pass(20 * SECOND);
      change(world, [hashOf(5)], { phase: 'downloading' });
      // A stopped torrent is polled every 30 s.
      await world.pass(MINUTE);
    }
    assert.deepEqual([progressCards(world), acceptedOf(world, 'summary-delete')], [0, 0]);
  });

  test('when nothing is left, and the actor has no timer then', async () => {
    const world = await startSummary();
    for (const key of keysOf(9)) world.torrents.delete(key);
    await world.pass(5 * MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], []);
    assert.deepEqual([stateOf(world), boardOf(world).topics.size], ['idle', 0]);
    assert.deepEqual(world.records(), []);
  });

  test('and go again with the next summary', async () => {
    const world = await startSummary();
    change(world, keysOf(6), { phase: 'stopped' });
    await world.pass(3 * MINUTE);
    assert.equal(progressCards(world), 3);
    change(world, keysOf(6), { phase: 'downloading' });
    await world.pass(MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], [SUMMARY]);
    assert.deepEqual(world.phone.decreases, []);
  });
});

/** Milliseconds from a finish hook to the completion on the phone. */
async function delayOf(count: number): Promise<number> {
  const world = startDownloads(count, { policy: { rate: 10 } });
  await world.pass(2 * MINUTE);
  world.set(hashOf(1), { name: 'done', phase: 'complete', progress: 1 });
  const from = world.clock.now();
  world.finish(hashOf(1));
  while (!world.phone.sounds.has('done') && world.clock.now() - from < MINUTE) await world.pass(50);
  return world.clock.now() - from;
}

describe('completions and alerts', () => {
  test('of a summary are as fast as without one', async () => {
    const [alone, summarized] = [await delayOf(1), await delayOf(50)];
    assert.ok(summarized <= alone + 100, `${summarized} ms, alone ${alone} ms`);
  });

  test('make their sounds: one for each completion, one for a download that stalls', async () => {
    const world = startDownloads(12, { policy: { rate: null, stalledAfter: 3 * MINUTE } });
    await world.pass(30 * SECOND);
    change(world, [hashOf(1)], { name: 'done', phase: 'complete', progress: 1 });
    change(world, [hashOf(2)], { phase: 'stalled' });
    await world.pass(5 * MINUTE);
    assert.deepEqual(world.phone.heard, [`${hashOf(1)}-done`, `${hashOf(2)}-err`]);
    assert.equal(summaryOn(world)?.downloads, 11);
  });
});
