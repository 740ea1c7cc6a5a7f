import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createQuietHours } from '../../../src/config/rules/quiet-hours.ts';
import type { StoredQuietDigest, Through } from '../../../machines/quiet/types.ts';
import { failure, HOUR, ok } from '../fixtures.ts';
import {
  announcedOnce,
  completeNow,
  countsOf,
  digestCards,
  digestsOf,
  download,
  hashOf,
  MINUTE,
  nameOf,
  ownCompletions,
  SECOND,
  startDigests,
} from './scene.ts';

describe('an ntfy without sequence IDs', () => {
  test('gets one message for the completions of a minute, and the next one is another message', async () => {
    const world = await startDigests();
    world.script.publish = () => ok({ live: false });
    await download(world, 1, 20);
    await completeNow(world, 1, 6);
    await completeNow(world, 7, 8);
    assert.deepEqual(countsOf(world), []);
    await world.pass(MINUTE);
    assert.deepEqual(countsOf(world), [8]);
    await completeNow(world, 9, 12);
    await world.pass(MINUTE);
    assert.deepEqual(countsOf(world), [8, 4]);
    assert.ok(announcedOnce(world, 1, 12));
    assert.deepEqual(
      digestsOf(world).map(({ priority }) => priority),
      [4, 4],
    );
  });

  test('is assumed with milestones, which are for iPhones', async () => {
    const world = await startDigests({ policy: { progress: 'milestones' } });
    await download(world, 1, 8);
    await completeNow(world, 1, 4);
    await completeNow(world, 5, 8);
    await world.pass(MINUTE);
    assert.deepEqual(countsOf(world), [8]);
  });
});

describe('quiet hours', () => {
  /** 21:59, a minute before it is quiet. */
  const EVENING = Date.UTC(2026, 0, 10, 21, 59);
  const startNight = (through: Through[] = []) => {
    const hours = createQuietHours({ from: '22:00', to: '07:00', through }, 'UTC');
    const saved: (StoredQuietDigest | null)[] = [];
    const save = (digest: StoredQuietDigest | null) => void saved.push(structuredClone(digest));
    return startDigests({ skew: EVENING, quietHours: { hours: () => hours, stored: null, save } });
  };

  test('a digest in them is silent, and the one after them lists its completions with a sound', async () => {
    const world = await startNight();
    await world.pass(2 * MINUTE);
    await download(world, 1, 8);
    await completeNow(world, 1, 5);
    await completeNow(world, 6, 8);
    await world.pass(MINUTE);
    assert.deepEqual(world.phone.heard, []);
    assert.deepEqual(countsOf(world), [5, 8]);
    await world.pass(10 * HOUR);
    const [morning, ...others] = digestsOf(world).filter(({ about }) => about === 'quiet');
    assert.deepEqual(others, []);
    assert.deepEqual(
      morning?.lines.map(({ name }) => name),
      [8, 7, 6, 5, 4, 3, 2, 1].map(nameOf),
    );
    assert.equal(world.phone.heard.length, 1);
  });

  for (const [through, sounds] of [
    [[], 0],
    [['completions'], 1],
    [['alerts'], 1],
    [['completions', 'alerts'], 2],
  ] as const)
    test(`let through ${through.join(' and ') || 'nothing'} of what digests list`, async () => {
      const world = await startNight([...through]);
      await world.pass(2 * MINUTE);
      await download(world, 1, 10);
      await completeNow(world, 1, 5);
      for (let n = 6; n <= 10; n += 1) world.set(hashOf(n), { phase: 'failed' });
      await world.pass(2 * MINUTE);
      assert.deepEqual(
        digestsOf(world).map(({ about }) => about),
        ['completions', 'failed'],
      );
      assert.equal(world.phone.heard.length, sounds);
    });

  test('an alert that joins a digest from before them is listed after them, and only that', async () => {
    const world = await startNight();
    await download(world, 1, 7);
    for (let n = 1; n <= 5; n += 1) world.set(hashOf(n), { phase: 'failed' });
    await world.pass(28 * SECOND);
    world.set(hashOf(6), { phase: 'failed' });
    await world.pass(2 * MINUTE);
    assert.deepEqual(
      digestsOf(world).map(({ counts }) => counts.alert),
      [5, 6],
    );
    assert.equal(world.phone.heard.length, 1);
    await world.pass(10 * HOUR);
    const morning = digestsOf(world).filter(({ about }) => about === 'quiet');
    assert.deepEqual(
      morning.map(({ lines }) => lines.map(({ name }) => name)),
      [[nameOf(6)]],
    );
    assert.equal(world.phone.heard.length, 2);
  });

  test('a digest that ntfy accepts only in them makes its sound after them', async () => {
    const world = await startNight();
    await download(world, 1, 5);
    world.script.publish = () => failure('unreachable');
    await completeNow(world, 1, 5);
    await world.pass(10 * MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    assert.deepEqual(world.phone.heard, []);
    assert.equal(digestCards(world).length, 1);
    await world.pass(10 * HOUR);
    assert.equal(world.phone.heard.length, 1);
    assert.equal(digestsOf(world).at(-1)?.counts.completion, 5);
  });
});

describe('what is dropped', () => {
  test('a completion that was announced before leaves the digest again', async () => {
    const world = await startDigests();
    await download(world, 1, 4);
    await completeNow(world, 1, 4);
    await world.pass(10 * SECOND);
    for (const hash of world.torrents.keys()) world.finish(hash);
    await world.pass(2 * MINUTE);
    assert.equal(world.digests.names().length, 4);
    assert.deepEqual(countsOf(world), [4]);
    assert.equal(ownCompletions(world), 0);
    assert.deepEqual(world.records(), []);
  });
});
