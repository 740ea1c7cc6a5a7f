import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, ok } from '../fixtures.ts';
import type { World } from '../../support/world.ts';
import {
  announcedOnce,
  complete,
  completeNow,
  digestCards,
  digestsOf,
  download,
  hashOf,
  MINUTE,
  nameOf,
  ownCompletions,
  restart,
  SECOND,
  startDigests,
} from './scene.ts';

/** The number of sounds, on a phone on which no card was dismissed. */
const sounds = ({ phone }: World): number => phone.heard.length;

function assertOnce(world: World, from: number, to: number): void {
  const names = Array.from({ length: to - from + 1 }, (_, index) => nameOf(from + index));
  const counts = names.map((name) => world.phone.completed.get(name) ?? 0);
  assert.deepEqual(
    counts,
    names.map(() => 1),
  );
  assert.deepEqual(world.records(), []);
}

describe('after a kill', () => {
  /** Milliseconds after the answer of the poll. */
  const moments = [0, 1, 2, 3, 5, 8, 20, 50, 100, 105, 110, 115, 120, 130, 150, 300, 1000, 4000];
  for (const moment of moments)
    test(`${moment} ms after a poll that shows ten completions, each is announced once, with one sound`, async () => {
      const world = await startDigests();
      await download(world, 1, 10);
      complete(world, 1, 10);
      const polls = world.count('observe');
      while (world.count('observe') === polls) await world.pass(1);
      await world.pass(50 + moment);
      const next = await restart(world);
      await next.pass(2 * MINUTE);
      assertOnce(next, 1, 10);
      assert.equal(sounds(next), 1);
      assert.deepEqual([...next.phone.cards.keys()], digestCards(next));
      assert.equal(digestCards(next).length, 1);
      assert.equal(ownCompletions(world) + ownCompletions(next), 0);
    });

  test('the open digest goes on, and a further completion joins it in silence', async () => {
    const world = await startDigests();
    await download(world, 1, 6);
    await completeNow(world, 1, 4);
    const next = await restart(world);
    await completeNow(next, 5, 6);
    await next.pass(20 * SECOND);
    assertOnce(next, 1, 6);
    assert.equal(sounds(next), 1);
    assert.equal(digestCards(next).length, 1);
  });

  test('the minute of the completions with their own cards goes on', async () => {
    const world = await startDigests();
    await download(world, 1, 5);
    for (const n of [1, 2, 3]) await completeNow(world, n, n);
    const next = await restart(world);
    await completeNow(next, 4, 5);
    await next.pass(20 * SECOND);
    assert.equal(ownCompletions(next), 0);
    assert.equal(digestsOf(next).at(-1)?.counts.completion, 2);
  });

  test('a completion that has its own card keeps it, although many others join a digest', async () => {
    const world = await startDigests();
    await download(world, 1, 1);
    world.script.publish = () => failure('unreachable');
    await completeNow(world, 1, 1);
    const next = await restart(world);
    await download(next, 2, 9);
    await completeNow(next, 2, 9);
    await next.pass(MINUTE);
    assert.equal(ownCompletions(next), 1);
    assertOnce(next, 1, 9);
  });
});

describe('while ntfy is down', () => {
  test('a digest grows over a restart, and lists each completion once with one sound', async () => {
    const world = await startDigests();
    await download(world, 1, 24);
    world.script.publish = () => failure('unreachable');
    await completeNow(world, 1, 8);
    await completeNow(world, 9, 16);
    const next = await restart(world, {
      change: ({ script }) => (script.publish = () => failure('unreachable')),
    });
    await completeNow(next, 17, 24);
    await next.pass(30 * SECOND);
    next.script.publish = () => ok({ live: true });
    await next.pass(6 * MINUTE);
    assertOnce(next, 1, 24);
    assert.equal(sounds(next), 1);
    assert.equal(digestCards(next).length, 1);
  });

  test('the state has all names, also those that the card only counts', async () => {
    const world = await startDigests();
    await download(world, 1, 100);
    world.script.publish = () => failure('unreachable');
    await completeNow(world, 1, 100);
    const next = await restart(world);
    await next.pass(6 * MINUTE);
    assert.equal(new Set(next.digests.names()).size, 100);
    assert.equal(digestsOf(next).at(-1)?.lines.length, 30);
    assert.deepEqual(next.records(), []);
    const { digests } = next.supervisor.getSnapshot().context;
    assert.deepEqual([digests.awaited.size, digests.delivered.length], [0, 0]);
  });
});

describe('after the end of a digest', () => {
  test('its torrents can be added again, and complete again on another line', async () => {
    const world = await startDigests();
    await download(world, 1, 4);
    await completeNow(world, 1, 4);
    await world.pass(10 * SECOND);
    for (let n = 1; n <= 4; n += 1)
      world.set(hashOf(n), { phase: 'downloading', progress: 0.5, finishedAt: null });
    for (let n = 1; n <= 4; n += 1) world.track(hashOf(n));
    await world.pass(10 * SECOND);
    await completeNow(world, 1, 4);
    await world.pass(30 * SECOND);
    assert.deepEqual(world.digests.names(), [1, 2, 3, 4, 1, 2, 3, 4].map(nameOf));
    assert.equal(announcedOnce(world, 1, 4), false);
  });

  test('the ten newest are kept', async () => {
    const world = await startDigests();
    for (let round = 0; round < 12; round += 1) {
      await download(world, 4 * round + 1, 4 * round + 4);
      await completeNow(world, 4 * round + 1, 4 * round + 4);
      await world.pass(2 * MINUTE);
    }
    const { digests } = world.digests.stored();
    assert.equal(digests.length, 10);
    assert.deepEqual(world.digests.names()[0], nameOf(9));
  });
});
