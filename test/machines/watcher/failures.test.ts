import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Observation } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, policy, SECOND, seen } from '../fixtures.ts';
import { startWatcher } from '../watching.ts';

const [first, second] = [hashOf(1), hashOf(2)];

/** A watcher that looks for a torrent, of a qBittorrent that has these. */
const startMissing = (...torrents: Observation[]) => {
  const watcher = startWatcher(...torrents);
  watcher.session('ready');
  watcher.watch(first);
  return watcher;
};

describe('a torrent that a poll does not find', () => {
  test('is missed only after one look at the whole list', async () => {
    const watcher = startMissing(seen({ hash: second }));
    await watcher.pass(2 * SECOND);
    assert.equal(watcher.lists.length, 1);
    assert.deepEqual(
      watcher.observed().map(({ missed, renamed }) => [missed, renamed]),
      [
        [[], []],
        [[first], []],
      ],
    );
  });

  test('is found under another ID by its v1 hash', async () => {
    const observation = seen({ hash: second, v1: first, v2: second });
    const watcher = startMissing(observation);
    await watcher.pass(2 * SECOND);
    assert.deepEqual(
      watcher.observed().map(({ missed, renamed }) => [missed, renamed]),
      [
        [[], []],
        [[], [{ from: first, observation }]],
      ],
    );
  });

  test('is not missed while the list fails: nothing is proved, and it is no outage', async () => {
    const watcher = startMissing();
    watcher.world.list = () => failure('unreachable');
    await watcher.pass(HOUR);
    assert.ok(watcher.lists.length > 2);
    assert.deepEqual(
      watcher.observed().flatMap(({ missed, renamed }) => [missed, renamed].flat()),
      [],
    );
    assert.deepEqual(watcher.heard, []);
  });

  test('is not missed when it is not tracked any more as the answer comes', async () => {
    const watcher = startMissing();
    watcher.watch(second);
    await watcher.pass(policy.gatherTime + 25);
    watcher.unwatch(first, second);
    await watcher.pass(MINUTE);
    assert.deepEqual(watcher.lists, []);
    assert.deepEqual(
      watcher.observed().flatMap(({ missed }) => missed),
      [],
    );
  });
});

describe('a poll that fails', () => {
  for (const kind of ['unreachable', 'broken', 'protocol', 'unauthorized'] as const) {
    test(`(${kind}) is said, and shows no torrent missing`, async () => {
      const watcher = startWatcher(seen({ hash: first }));
      watcher.world.observe = () => failure(kind);
      watcher.session('ready');
      watcher.watch(first);
      await watcher.pass(2 * SECOND);
      assert.deepEqual(watcher.heard, [
        { type: 'qbittorrent.failed', failure: { kind, message: kind }, during: 'poll' },
      ]);
      assert.deepEqual(watcher.lists, []);
    });
  }

  test('is followed by ever longer pauses, until one is good again', async () => {
    const watcher = startWatcher(seen({ hash: first }));
    watcher.world.sends = true;
    const { observe } = watcher.world;
    watcher.world.observe = () => failure('unreachable');
    watcher.session('ready');
    watcher.watch(first);
    await watcher.pass(HOUR);
    const since = watcher.polls.length;
    await watcher.pass(HOUR);
    assert.ok(watcher.polls.length - since <= 121, `${watcher.polls.length - since} polls in an hour`);
    watcher.world.observe = observe;
    await watcher.pass(2 * MINUTE);
    const good = watcher.polls.length;
    await watcher.pass(MINUTE);
    assert.ok(watcher.polls.length - good >= 11, `${watcher.polls.length - good} polls in a good minute`);
  });
});

test('a session that is lost in the middle of a poll leaves no report, and one that is back a new poll', async () => {
  const watcher = startWatcher(seen({ hash: first }));
  watcher.session('ready');
  watcher.watch(first);
  await watcher.pass(policy.gatherTime + 25);
  watcher.session('lost');
  await watcher.pass(HOUR);
  assert.deepEqual([watcher.heard, watcher.observed()], [[], []]);
  watcher.session('ready');
  await watcher.pass(policy.gatherTime + 50);
  assert.equal(watcher.observed().length, 1);
});

test('a poll that throws is a bug: whoever owns the watcher hears of it', async () => {
  const watcher = startWatcher();
  watcher.world.observe = () => {
    throw new Error('a bug');
  };
  watcher.session('ready');
  watcher.watch(first);
  await watcher.pass(2 * SECOND);
  assert.deepEqual(
    watcher.heard.map(({ type }: { type: string }) => type),
    ['xstate.error.actor.child'],
  );
});
