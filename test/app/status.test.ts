import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { statusOf, torrentOf } from '../../src/app/status.ts';
import { hashOf, MINUTE, SECOND } from '../machines/fixtures.ts';
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
