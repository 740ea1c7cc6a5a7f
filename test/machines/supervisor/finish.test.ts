import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import { failure, hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { completionsOf, isOver, startDownload, startWorld } from '../../support/world.ts';

const a = hashOf(1);
const unknown = hashOf(2);

describe('a torrent that is missing after its finish hook', () => {
  test('is complete: qBittorrent removed it by its share limit', async () => {
    const world = await startDownload(a);
    world.torrents.delete(a);
    world.finish(a);
    await world.pass(10 * SECOND);
    assert.deepEqual(
      completionsOf(world).map(({ torrent }) => [torrent.name, torrent.phase, torrent.downloaded]),
      [['debian.iso', 'complete', 1_000_000]],
    );
    await world.pass(MINUTE);
    assert.ok(isOver(world));
    assert.deepEqual([...world.phone.cards.keys()], [`${a}-done`]);
  });

  test('is complete also when the hook is called while its card is deleted', async () => {
    const world = await startDownload(a);
    world.script.publish = (notification) =>
      notification.kind === 'card-delete' ? failure('unreachable') : ok({ live: true });
    world.torrents.delete(a);
    await world.pass(40 * SECOND);
    assert.equal(world.records()[0]?.stage, 'removed');
    world.finish(a);
    await world.pass(10 * MINUTE);
    assert.equal(completionsOf(world).length, 1);
  });

  test('is removed without a completion when a later poll has shown it unfinished', async () => {
    const world = await startDownload(a);
    world.finish(a);
    await world.pass(10 * SECOND);
    assert.equal(world.records()[0]?.finishHookAt, null, 'also after a restart');
    world.torrents.delete(a);
    await world.pass(MINUTE);
    assert.deepEqual(completionsOf(world), []);
    assert.ok(isOver(world));
  });

  test('is complete when the poll that shows it unfinished was sent before the hook', async () => {
    const world = await startDownload(a);
    world.script.latency.observe = 3000;
    const before = world.count('observe');
    while (world.count('observe') === before) await world.pass(100);
    const { observe } = world.script;
    // qBittorrent creates its answer, and then finishes and removes the torrent.
    const answer = observe([a]);
    world.script.observe = (hashes) => {
      world.script.observe = observe;
      return hashes.includes(a) ? answer : observe(hashes);
    };
    world.torrents.delete(a);
    world.finish(a);
    await world.pass(MINUTE);
    assert.equal(completionsOf(world).length, 1);
  });

  for (const [when, outage] of [
    ['while there is no session', 'unauthorized'],
    ['while qBittorrent restarts', 'unreachable'],
  ] as const) {
    test(`is complete when the hook was called ${when}`, async () => {
      const world = await startDownload(a);
      const { observe, login } = world.script;
      world.script.observe = () => failure(outage);
      world.script.login = () => failure(outage === 'unauthorized' ? 'broken' : outage);
      await world.pass(10 * SECOND);
      world.torrents.delete(a);
      world.finish(a);
      await world.pass(10 * SECOND);
      assert.deepEqual(completionsOf(world), []);
      Object.assign(world.script, { observe, login });
      await world.pass(2 * MINUTE);
      assert.equal(completionsOf(world).length, 1);
      assert.ok(isOver(world));
    });
  }

  test('is complete after a restart of the sidecar', async () => {
    const records = [{ ...createRecord(a, 0), card: true, finishHookAt: 0 }];
    const world = startWorld({ records });
    await world.pass(MINUTE);
    assert.equal(completionsOf(world).length, 1);
    assert.ok(isOver(world));
  });

  test('is announced without a name when no poll has found it', async () => {
    const world = startWorld();
    world.finish(unknown);
    await world.pass(MINUTE);
    assert.deepEqual(
      completionsOf(world).map(({ key, torrent }) => [key, torrent.name]),
      [[unknown, null]],
    );
    assert.ok(isOver(world));
  });

  test('is not announced again by a late hook', async () => {
    const world = await startDownload(a);
    world.set(a, { phase: 'complete', progress: 1, finishedAt: 12 });
    await world.pass(10 * SECOND);
    assert.equal(completionsOf(world).length, 1);
    world.torrents.delete(a);
    await world.pass(10 * SECOND);
    assert.ok(isOver(world));
    world.finish(a);
    await world.pass(MINUTE);
    assert.equal(completionsOf(world).length, 1);
    assert.ok(isOver(world));
  });

  test('is announced without a name at most ten times a minute', async () => {
    const world = startWorld();
    for (let n = 10; n < 110; n += 1) world.finish(hashOf(n));
    await world.pass(20 * SECOND);
    assert.equal(completionsOf(world).length, 10);
    await world.pass(2 * MINUTE);
    assert.equal(completionsOf(world).length, 10);
    assert.ok(isOver(world), 'no torrent is left');
    world.finish(hashOf(200));
    await world.pass(20 * SECOND);
    assert.equal(completionsOf(world).length, 11);
  });
});
