import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, HOUR, MINUTE, policy, SECOND, seen } from '../fixtures.ts';
import { startWatcher } from '../watcher-harness.ts';
import { startWorld } from '../../support/world.ts';

const [absent, other] = [hashOf(1), hashOf(2)];

/** A watcher that polls two torrents, of which qBittorrent has one. */
function startMissing() {
  const watcher = startWatcher(seen({ hash: other, eta: null }));
  watcher.session('ready');
  watcher.watch(absent, other);
  return watcher;
}

const missed = ({ observed }: ReturnType<typeof startWatcher>) => observed().flatMap(({ missed }) => missed);

describe('a list of all torrents that fails', () => {
  test('is requested with exponential backoff, while polls continue and no failure is reported', async () => {
    const watcher = startMissing();
    watcher.world.list = () => failure('protocol');
    await watcher.pass(150 * SECOND);
    assert.ok(watcher.lists.length >= 2 && watcher.lists.length <= 5, `${watcher.lists.length} lists`);
    assert.ok(watcher.polls.length >= 29, `${watcher.polls.length} polls`);
    assert.deepEqual(watcher.reports, []);
    await watcher.pass(HOUR);
    const since = watcher.lists.length;
    await watcher.pass(HOUR);
    assert.ok(watcher.lists.length - since <= 24, `${watcher.lists.length - since} lists in an hour`);
    assert.deepEqual(missed(watcher), []);
  });

  test('reports the missing torrents once it succeeds again', async () => {
    const watcher = startMissing();
    const { list } = watcher.world;
    watcher.world.list = () => failure('unreachable');
    await watcher.pass(HOUR);
    watcher.world.list = list;
    await watcher.pass(policy.retryMax + MINUTE);
    assert.deepEqual(missed(watcher).slice(0, 2), [absent, absent]);
  });

  test('is not requested any more once the missing torrent is found or untracked', async () => {
    for (const end of ['found', 'untracked'] as const) {
      const watcher = startMissing();
      watcher.world.list = () => failure('broken');
      await watcher.pass(10 * SECOND);
      const { length } = watcher.lists;
      if (end === 'found') watcher.world.torrents.push(seen({ hash: absent }));
      else watcher.unwatch(absent);
      await watcher.pass(HOUR);
      assert.equal(watcher.lists.length, length, end);
    }
  });

  test('is reported when the session is lost', async () => {
    const watcher = startMissing();
    watcher.world.list = () => failure('unauthorized');
    await watcher.pass(2 * SECOND);
    const { failure: reason } = failure('unauthorized');
    assert.deepEqual(watcher.reports.at(-1), { type: 'qbittorrent.failed', failure: reason, during: 'list' });
  });
});

describe('a list of all torrents that is slow', () => {
  test('delays no poll, and is requested once at a time', async () => {
    const watcher = startMissing();
    watcher.world.listLatency = 14 * SECOND;
    await watcher.pass(MINUTE);
    assert.ok(watcher.polls.length >= 11, `${watcher.polls.length} polls`);
    assert.ok(watcher.lists.length <= 4, `${watcher.lists.length} lists`);
    assert.deepEqual(missed(watcher).slice(0, 2), [absent, absent]);
  });

  test('does not make a torrent missing that a poll has found in the meantime', async () => {
    const watcher = startMissing();
    watcher.world.listLatency = 14 * SECOND;
    const before = watcher.world.torrents;
    watcher.world.list = () => ({ ok: true, value: before });
    await watcher.pass(5 * SECOND);
    watcher.world.torrents = [...before, seen({ hash: absent })];
    await watcher.pass(MINUTE);
    assert.equal(watcher.lists.length, 1);
    assert.deepEqual(missed(watcher), []);
  });
});

test('a torrent is missed a second time only after another poll, however many others are polled', async () => {
  const watcher = startMissing();
  await watcher.pass(1200);
  assert.deepEqual(missed(watcher), [absent]);
  // Hooks of other torrents cause polls that do not request it.
  for (let n = 3; n < 6; n += 1) {
    watcher.watch(hashOf(n));
    await watcher.pass(SECOND);
  }
  assert.equal(missed(watcher).filter((hash) => hash === absent).length, 1);
});

test('the card of a removed torrent is deleted once the list succeeds again, and its failures cause no incident', async () => {
  const world = startWorld();
  world.set(absent, { progress: 0.5 });
  world.set(other, { progress: 0.5, eta: null });
  await world.pass(10 * SECOND);
  assert.ok(world.phone.cards.has(absent));
  const { list } = world.script;
  world.script.list = () => failure('misdirected');
  world.torrents.delete(absent);
  const since = world.clock.now();
  await world.pass(10 * MINUTE);
  assert.ok(world.phone.cards.has(absent), 'it may still exist');
  assert.ok(world.count('observe', since) >= 118, `${world.count('observe', since)} polls in ten minutes`);
  world.script.list = list;
  await world.pass(6 * MINUTE);
  assert.ok(!world.phone.cards.has(absent));
  assert.deepEqual(
    world.published().filter(({ kind }) => kind === 'incident' || kind === 'incident-resolved'),
    [],
  );
});
