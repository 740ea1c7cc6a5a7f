import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { quietHoursOf, statusOf, torrentOf } from '../../src/app/status.ts';
import { download, startDigests } from '../machines/digest/scene.ts';
import { hashOf, HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { download as downloadAtNight, EVENING, finish, startNight } from '../machines/quiet/nights.ts';
import { startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

/** What rules match of a torrent, in the status. */
function fieldsOf({ supervisor }: World, key: string) {
  const torrent = torrentOf(supervisor, key) ?? assert.fail('it is not tracked');
  const { category, tags, tracker, path, private: isPrivate } = torrent;
  return { category, tags, tracker, path, private: isPrivate };
}

const film = {
  category: 'films/4k',
  tags: ['a c', 'b'],
  tracker: 'tracker.example',
  path: '/films',
  private: true,
};

test('the status has the summaries, without their topics', async () => {
  const world = startWorld({ policy: { rate: null } });
  const hashes = Array.from({ length: 9 }, (_, n) => hashOf(n));
  for (const hash of hashes) {
    world.set(hash);
    world.track(hash);
  }
  assert.deepEqual(statusOf(world.supervisor).summary, []);
  await world.pass(30 * SECOND);
  assert.deepEqual(statusOf(world.supervisor).summary, [{ shown: true, downloads: 9 }]);
  assert.equal(torrentOf(world.supervisor, hashOf(1))?.summarized, true);
});

test('the status says which alerts share a card', async () => {
  for (const [count, alertShared] of [
    [3, undefined],
    [4, true],
  ] as const) {
    const world = await startDigests();
    await download(world, 1, count);
    assert.equal(torrentOf(world.supervisor, hashOf(1))?.alertShared, undefined);
    for (let n = 1; n <= count; n += 1) world.set(hashOf(n), { phase: 'failed' });
    await world.pass(50 * SECOND);
    for (const torrent of statusOf(world.supervisor).torrents)
      assert.deepEqual([torrent.alert, torrent.alertShared], ['failed', alertShared], `of ${count}`);
    world.set(hashOf(1), { phase: 'downloading' });
    await world.pass(50 * SECOND);
    const [first, second] = statusOf(world.supervisor).torrents;
    assert.deepEqual([first?.alertShared, second?.alertShared], [undefined, alertShared]);
  }
});

test('the quiet hours are known by day and by night, with what is announced at their end', async () => {
  assert.equal(quietHoursOf(startWorld().supervisor), null, 'there are none');
  const night = startNight();
  const begin = EVENING + HOUR;
  assert.deepEqual(quietHoursOf(night.supervisor), { isQuiet: false, until: begin, pending: 0 });
  await night.until('22:30');
  assert.deepEqual(quietHoursOf(night.supervisor), { isQuiet: true, until: begin + 9 * HOUR, pending: 0 });
  await downloadAtNight(night, hashOf(1), 'debian.iso');
  await finish(night, hashOf(1));
  assert.equal(quietHoursOf(night.supervisor)?.pending, 1);
});

describe('the status of a torrent', () => {
  test('has its category, tags, tracker host, path and privacy; unknown before the first poll', async () => {
    const world = startWorld();
    world.set(hashOf(1), film);
    world.track(hashOf(1));
    const unknown = { category: null, tags: [], tracker: null, path: null, private: null };
    assert.deepEqual(fieldsOf(world, hashOf(1)), unknown);
    await world.pass(10 * SECOND);
    assert.deepEqual(fieldsOf(world, hashOf(1)), film);
    const [torrent] = statusOf(world.supervisor).torrents;
    assert.partialDeepStrictEqual(JSON.parse(JSON.stringify(torrent)), film);
  });

  test('follows a change in qBittorrent with the next poll of all, also of one among many in the queue', async () => {
    const world = startWorld({ policy: { rate: null } });
    const hashes = Array.from({ length: 500 }, (_, n) => hashOf(n));
    for (const hash of hashes) {
      world.set(hash, { phase: 'queued', progress: 0 });
      world.track(hash);
    }
    await world.pass(5 * MINUTE);
    world.set(hashOf(123), film);
    const from = world.clock.now();
    // Every 30 s; its answer and the delivery in slices take less than a second.
    await world.pass(31 * SECOND);
    assert.deepEqual(fieldsOf(world, hashOf(123)), film);
    assert.equal(fieldsOf(world, hashOf(122)).category, '');
    assert.ok(world.count('observe', from) <= 2, 'no further request');
  });
});
