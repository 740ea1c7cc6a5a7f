import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { World } from '../../support/world.ts';
import { failure, ok } from '../fixtures.ts';
import {
  complete,
  digestCards,
  digestsOf,
  download,
  hashOf,
  MINUTE,
  restart,
  SECOND,
  startDigests,
} from './scene.ts';

/** They enter an error; each is observed for long enough that it is an alert. */
async function fail(world: World, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) world.set(hashOf(n), { phase: 'failed' });
  await world.pass(50 * SECOND);
}

async function recover(world: World, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) world.set(hashOf(n), { phase: 'downloading' });
  await world.pass(50 * SECOND);
}

const ownAlerts = ({ phone }: World) => phone.accepted.filter(({ kind }) => kind === 'alert');

/** The number of alerts that each accepted digest lists. */
const alertCounts = (world: World) => digestsOf(world).map(({ counts }) => counts.alert);

describe('alerts within ten seconds', () => {
  test('have their own cards if there are three', async () => {
    const world = await startDigests();
    await download(world, 1, 3);
    await fail(world, 1, 3);
    assert.equal(ownAlerts(world).length, 3);
    assert.deepEqual(digestsOf(world), []);
    await recover(world, 1, 3);
    assert.equal(world.phone.cards.size, 3);
  });

  test('share a card with one sound and one all-clear if there are 200, and none is sent by itself', async () => {
    const world = await startDigests();
    await download(world, 1, 200);
    await fail(world, 1, 200);
    assert.deepEqual(ownAlerts(world), []);
    assert.deepEqual(alertCounts(world), [200]);
    assert.equal(world.phone.heard.length, 1);
    assert.equal(digestCards(world).length, 1);
    await recover(world, 1, 200);
    assert.deepEqual(alertCounts(world), [200, 0]);
    assert.equal(world.phone.heard.length, 1);
    assert.deepEqual(world.digests.stored().digests, []);
  });

  test('that are over before they are sent are not sent', async () => {
    const world = await startDigests({ policy: { idleInterval: 5 * SECOND } });
    await download(world, 1, 6);
    for (let n = 1; n <= 6; n += 1) world.set(hashOf(n), { phase: 'failed' });
    while ([...world.supervisor.getSnapshot().context.digests.byId.values()].length === 0)
      await world.pass(SECOND);
    for (let n = 1; n <= 6; n += 1) world.set(hashOf(n), { phase: 'downloading' });
    await world.pass(MINUTE);
    assert.deepEqual([ownAlerts(world), digestsOf(world)], [[], []]);
    assert.deepEqual(
      world.records().map(({ alert }) => alert),
      Array.from({ length: 6 }, () => null),
    );
  });
});

describe('a digest of alerts', () => {
  test('loses those that recover or are removed, in silence', async () => {
    const world = await startDigests();
    await download(world, 1, 6);
    await fail(world, 1, 6);
    await recover(world, 1, 2);
    world.torrents.delete(hashOf(3));
    await world.pass(MINUTE);
    assert.equal(alertCounts(world).at(-1), 3);
    assert.equal(world.phone.heard.length, 1);
    assert.equal(world.records().length, 5);
  });

  test('is joined in silence within a minute; later alerts have a sound of their own', async () => {
    const world = await startDigests();
    await download(world, 1, 8);
    await fail(world, 1, 5);
    await fail(world, 6, 6);
    assert.equal(alertCounts(world).at(-1), 6);
    assert.equal(world.phone.heard.length, 1);
    await world.pass(2 * MINUTE);
    await fail(world, 7, 7);
    assert.equal(ownAlerts(world).length, 1);
    assert.equal(world.phone.heard.length, 2);
  });

  test('is silent for relapses within an hour', async () => {
    const world = await startDigests();
    await download(world, 1, 5);
    await fail(world, 1, 5);
    await recover(world, 1, 5);
    await fail(world, 1, 5);
    assert.deepEqual(alertCounts(world), [5, 0, 5]);
    assert.equal(world.phone.heard.length, 1);
  });

  test('is left by a torrent that completes, whose completion makes its sound', async () => {
    const world = await startDigests();
    await download(world, 1, 4);
    await fail(world, 1, 4);
    complete(world, 1, 1);
    await world.pass(MINUTE);
    assert.equal(alertCounts(world).at(-1), 3);
    assert.equal(world.phone.heard.length, 2);
  });

  test('replaces the alerts that had their own cards before', async () => {
    const world = await startDigests({ policy: { stallTime: 10 * SECOND, stalledAfter: MINUTE } });
    await download(world, 1, 4);
    world.set(hashOf(1), { phase: 'stalled' });
    await world.pass(2 * MINUTE);
    assert.equal(ownAlerts(world).length, 1);
    await fail(world, 1, 4);
    assert.deepEqual(alertCounts(world), [4]);
    assert.ok(![...world.phone.cards.keys()].some((name) => name.endsWith('-err')));
    await recover(world, 1, 4);
    assert.deepEqual(
      world.records().map(({ alert }) => alert),
      [null, null, null, null],
    );
  });

  for (const isShown of [false, true])
    test(`survives a kill ${isShown ? 'after' : 'before'} it is sent, with one sound and one all-clear`, async () => {
      const world = await startDigests();
      await download(world, 1, 5);
      if (!isShown) world.script.publish = () => failure('unreachable');
      await fail(world, 1, 5);
      const next = await restart(world);
      await next.pass(5 * MINUTE);
      assert.equal(digestCards(next).length, 1);
      assert.equal(next.phone.heard.length, 1);
      await recover(next, 1, 5);
      assert.equal(alertCounts(next).at(-1), 0);
      assert.equal(next.phone.heard.length, 1);
      assert.deepEqual(next.digests.stored().digests, []);
    });

  test('whose alerts are over before ntfy accepts it is never seen', async () => {
    const world = await startDigests();
    await download(world, 1, 5);
    world.script.publish = () => failure('unreachable');
    await fail(world, 1, 5);
    await recover(world, 1, 5);
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    assert.deepEqual(world.phone.heard, []);
    assert.deepEqual(world.digests.stored().digests, []);
  });
});
