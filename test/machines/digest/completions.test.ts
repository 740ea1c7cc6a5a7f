import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  announcedOnce,
  complete,
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

/** When the completion of a single download is sent. */
async function sentAt(digestFrom: number | null) {
  const world = await startDigests({ policy: { digestFrom } });
  await download(world, 1, 1);
  await completeNow(world, 1, 1);
  return world.calls.flatMap((call) =>
    call.to === 'publish' && call.notification.kind === 'completion' ? [call.at] : [],
  );
}

describe('completions within a minute', () => {
  test('the first three have their own cards, at once; further ones share a card', async () => {
    const world = await startDigests();
    await download(world, 1, 6);
    for (const n of [1, 2, 3]) await completeNow(world, n, n);
    assert.equal(ownCompletions(world), 3);
    assert.deepEqual(digestsOf(world), []);
    await completeNow(world, 4, 4);
    await completeNow(world, 5, 6);
    await world.pass(15 * SECOND);
    assert.equal(ownCompletions(world), 3);
    assert.deepEqual(countsOf(world), [1, 3]);
    assert.ok(announcedOnce(world, 1, 6));
    assert.equal(world.phone.heard.length, 4);
    assert.deepEqual(world.records(), []);
  });

  test('a completion a minute after the third has its own card again', async () => {
    const world = await startDigests();
    await download(world, 1, 4);
    for (const n of [1, 2, 3]) await completeNow(world, n, n);
    await world.pass(MINUTE);
    await completeNow(world, 4, 4);
    assert.equal(ownCompletions(world), 4);
  });

  test('a single completion is sent in the same moment as without digests', async () => {
    assert.deepEqual(await sentAt(4), await sentAt(null));
  });
});

describe('the completions of one poll', () => {
  test('share one card with one sound if there are four, and none has its own', async () => {
    const world = await startDigests();
    await download(world, 1, 4);
    await completeNow(world, 1, 4);
    assert.equal(ownCompletions(world), 0);
    assert.deepEqual(countsOf(world), [4]);
    assert.deepEqual(
      digestsOf(world)[0]?.lines.map(({ name }) => name),
      [4, 3, 2, 1].map(nameOf),
    );
    assert.equal(world.phone.heard.length, 1);
  });

  test('are all on the first message, although they are delivered in slices', async () => {
    const world = await startDigests();
    await download(world, 1, 200);
    await completeNow(world, 1, 200);
    assert.deepEqual(countsOf(world), [200]);
    assert.equal(digestsOf(world)[0]?.lines.length, 30);
  });

  test('have no card of their own afterwards, and their torrents end', async () => {
    const world = await startDigests();
    await download(world, 1, 5);
    assert.equal(world.phone.cards.size, 5);
    await completeNow(world, 1, 5);
    await world.pass(10 * SECOND);
    assert.deepEqual([...world.phone.cards.keys()], digestCards(world));
    assert.deepEqual(world.records(), []);
    const finished = world.events.filter(({ type }) => type === 'torrent.finished');
    assert.equal(finished.length, 5);
  });

  test('that were not downloaded do not count', async () => {
    const world = await startDigests();
    await download(world, 1, 2);
    for (const n of [3, 4, 5]) {
      world.set(hashOf(n), { name: nameOf(n), phase: 'complete', progress: 1, downloaded: 0, size: 100 });
      world.track(hashOf(n));
    }
    await completeNow(world, 1, 2);
    await world.pass(30 * SECOND);
    assert.equal(ownCompletions(world), 2);
    assert.deepEqual(digestsOf(world), []);
  });
});

describe('a digest that grows', () => {
  test('is updated in silence, at most every ten seconds, under the same sequence ID', async () => {
    const world = await startDigests();
    await download(world, 1, 40);
    for (let n = 1; n <= 36; n += 4) {
      complete(world, n, n + 3);
      await world.pass(5 * SECOND);
    }
    await world.pass(20 * SECOND);
    const digests = digestsOf(world);
    assert.equal(new Set(digests.map(({ sequence }) => sequence)).size, 1);
    assert.deepEqual(
      digests.map(({ priority }) => priority),
      [4, ...digests.slice(1).map(() => 2)],
    );
    const times = world.calls.flatMap((call) =>
      call.to === 'publish' && call.notification.kind === 'digest' ? [call.at] : [],
    );
    for (const [index, at] of times.entries())
      assert.ok(index === 0 || at - (times[index - 1] ?? 0) >= 10 * SECOND, String(times));
    assert.equal(digests.at(-1)?.counts.completion, 36);
    assert.equal(world.phone.heard.length, 1);
    assert.ok(announcedOnce(world, 1, 36));
  });

  for (const app of ['android', 'web push'] as const)
    test(`makes one sound, also when its card was dismissed (${app})`, async () => {
      const world = await startDigests({ app });
      await download(world, 1, 12);
      await completeNow(world, 1, 6);
      for (const name of digestCards(world)) world.phone.dismiss(name);
      await completeNow(world, 7, 12);
      await world.pass(20 * SECOND);
      assert.deepEqual(countsOf(world), [6, 12]);
      assert.equal(world.phone.heard.length, 1);
    });

  test('is shown once with one sound by a phone that was offline', async () => {
    const world = await startDigests();
    await download(world, 1, 12);
    const goOnline = world.phone.goOffline();
    await completeNow(world, 1, 6);
    await completeNow(world, 7, 12);
    await world.pass(20 * SECOND);
    goOnline();
    assert.equal(digestCards(world).length, 1);
    assert.equal(world.phone.heard.length, 1);
  });

  test('ends after a minute without a completion, without a timer from then on', async () => {
    const world = await startDigests();
    await download(world, 1, 9);
    await completeNow(world, 1, 4);
    assert.equal(world.digests.stored().digests[0]?.isOpen, true);
    await world.pass(MINUTE);
    assert.equal(world.digests.stored().digests[0]?.isOpen, false);
    const { digest } = world.supervisor.getSnapshot().children;
    assert.equal(digest?.getSnapshot().value, 'idle');
    await completeNow(world, 5, 5);
    assert.equal(ownCompletions(world), 1);
    await completeNow(world, 6, 9);
    await world.pass(20 * SECOND);
    assert.deepEqual(countsOf(world), [4, 4]);
    assert.equal(digestCards(world).length, 2);
  });

  test('ends after ten minutes; the completion after it begins the next one', async () => {
    const world = await startDigests();
    await download(world, 1, 80);
    await completeNow(world, 1, 4);
    for (let n = 5; n <= 80; n += 4) {
      complete(world, n, n + 3);
      await world.pass(40 * SECOND);
    }
    await world.pass(2 * MINUTE);
    assert.equal(digestCards(world).length, 2);
    assert.equal(ownCompletions(world), 0);
    assert.equal(world.phone.heard.length, 2);
    assert.ok(announcedOnce(world, 1, 80));
  });

  test('ends with two thousand members', async () => {
    const world = await startDigests({ policy: { maxTracked: 5000 } });
    await download(world, 1, 2100);
    await completeNow(world, 1, 2100);
    await world.pass(MINUTE);
    const { digests } = world.digests.stored();
    assert.deepEqual(
      digests.map(({ members }) => members.length),
      [2000, 100],
    );
    assert.equal(new Set(world.digests.names()).size, 2100);
    assert.deepEqual(world.records(), []);
  });
});
