import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, HOUR, MINUTE, policy, SECOND, seen } from '../fixtures.ts';
import { startWatcher } from '../watching.ts';
import { startWorld } from '../../support/world.ts';

const [gone, other] = [hashOf(1), hashOf(2)];

/** A watcher that follows two torrents, of which qBittorrent has one. */
function startMissing() {
  const watcher = startWatcher(seen({ hash: other, eta: null }));
  watcher.session('ready');
  watcher.watch(gone, other);
  return watcher;
}

const missed = ({ observed }: ReturnType<typeof startWatcher>) => observed().flatMap(({ missed }) => missed);

describe('a list of all torrents that fails', () => {
  test('is tried again less and less often, while polls go on as ever and no outage is told', async () => {
    const watcher = startMissing();
    watcher.world.list = () => failure('protocol');
    await watcher.pass(150 * SECOND);
    assert.ok(watcher.lists.length >= 2 && watcher.lists.length <= 5, `${watcher.lists.length} lists`);
    assert.ok(watcher.polls.length >= 29, `${watcher.polls.length} polls`);
    assert.deepEqual(watcher.heard, []);
    await watcher.pass(HOUR);
    const since = watcher.lists.length;
    await watcher.pass(HOUR);
    assert.ok(watcher.lists.length - since <= 24, `${watcher.lists.length - since} lists in an hour`);
    assert.deepEqual(missed(watcher), []);
  });

  test('tells what is gone once it is answered again', async () => {
    const watcher = startMissing();
    const { list } = watcher.world;
    watcher.world.list = () => failure('unreachable');
    await watcher.pass(HOUR);
    watcher.world.list = list;
    await watcher.pass(policy.retryMax + MINUTE);
    assert.deepEqual(missed(watcher).slice(0, 2), [gone, gone]);
  });

  test('is not asked for any more once what was missing is found, or tracked no more', async () => {
    for (const end of ['found', 'untracked'] as const) {
      const watcher = startMissing();
      watcher.world.list = () => failure('broken');
      await watcher.pass(10 * SECOND);
      const { length } = watcher.lists;
      if (end === 'found') watcher.world.torrents.push(seen({ hash: gone }));
      else watcher.unwatch(gone);
      await watcher.pass(HOUR);
      assert.equal(watcher.lists.length, length, end);
    }
  });

  test('for want of a session has somebody log in again', async () => {
    const watcher = startMissing();
    watcher.world.list = () => failure('unauthorized');
    await watcher.pass(2 * SECOND);
    const { failure: reason } = failure('unauthorized');
    assert.deepEqual(watcher.heard.at(-1), { type: 'qbittorrent.failed', failure: reason, during: 'list' });
  });
});

describe('a list of all torrents that is slow', () => {
  test('keeps no poll waiting, and is asked for once at a time', async () => {
    const watcher = startMissing();
    watcher.world.listLatency = 14 * SECOND;
    await watcher.pass(MINUTE);
    assert.ok(watcher.polls.length >= 11, `${watcher.polls.length} polls`);
    assert.ok(watcher.lists.length <= 4, `${watcher.lists.length} lists`);
    assert.deepEqual(missed(watcher).slice(0, 2), [gone, gone]);
  });

  test('proves nothing of what a poll has found meanwhile', async () => {
    const watcher = startMissing();
    watcher.world.listLatency = 14 * SECOND;
    const before = watcher.world.torrents;
    watcher.world.list = () => ({ ok: true, value: before });
    await watcher.pass(5 * SECOND);
    watcher.world.torrents = [...before, seen({ hash: gone })];
    await watcher.pass(MINUTE);
    assert.equal(watcher.lists.length, 1);
    assert.deepEqual(missed(watcher), []);
  });
});

test('a torrent is missed a second time only after another poll, however many others are polled', async () => {
  const watcher = startMissing();
  await watcher.pass(1200);
  assert.deepEqual(missed(watcher), [gone]);
  // Hooks of others make polls that do not ask for it.
  for (let n = 3; n < 6; n += 1) {
    watcher.watch(hashOf(n));
    await watcher.pass(SECOND);
  }
  assert.equal(missed(watcher).filter((hash) => hash === gone).length, 1);
});

test('the card of a removed torrent goes after the list could not be had for long, without an incident', async () => {
  const world = startWorld();
  world.set(gone, { progress: 0.5 });
  world.set(other, { progress: 0.5, eta: null });
  await world.pass(10 * SECOND);
  assert.ok(world.phone.cards.has(gone));
  const { list } = world.script;
  world.script.list = () => failure('misdirected');
  world.torrents.delete(gone);
  const since = world.clock.now();
  await world.pass(10 * MINUTE);
  assert.ok(world.phone.cards.has(gone), 'nothing is proved');
  assert.ok(world.count('observe', since) >= 118, `${world.count('observe', since)} polls in ten minutes`);
  world.script.list = list;
  await world.pass(6 * MINUTE);
  assert.ok(!world.phone.cards.has(gone));
  assert.deepEqual(
    world.published().filter(({ kind }) => kind === 'incident' || kind === 'incident-resolved'),
    [],
  );
});
