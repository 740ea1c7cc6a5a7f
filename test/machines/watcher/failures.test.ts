import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Observation } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, policy, SECOND, seen } from '../fixtures.ts';
import { startWatcher } from '../watcher-harness.ts';

const [first, second] = [hashOf(1), hashOf(2)];

/** A watcher that polls `first`, of a qBittorrent with these torrents. */
const startMissing = (...torrents: Observation[]) => {
  const watcher = startWatcher(...torrents);
  watcher.session('ready');
  watcher.watch(first);
  return watcher;
};

describe('a torrent that a poll does not find', () => {
  test('is missed only after one request for the whole list', async () => {
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

  test('is not missed while the list fails, which is reported as no failure', async () => {
    const watcher = startMissing();
    watcher.world.list = () => failure('unreachable');
    await watcher.pass(HOUR);
    assert.ok(watcher.lists.length > 2);
    assert.deepEqual(
      watcher.observed().flatMap(({ missed, renamed }) => [missed, renamed].flat()),
      [],
    );
    assert.deepEqual(watcher.reports, []);
  });

  test('is not missed when it is untracked before the answer arrives', async () => {
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
    test(`(${kind}) is reported, and makes no torrent missing`, async () => {
      const watcher = startWatcher(seen({ hash: first }));
      watcher.world.observe = () => failure(kind);
      watcher.session('ready');
      watcher.watch(first);
      await watcher.pass(2 * SECOND);
      assert.deepEqual(watcher.reports, [
        { type: 'qbittorrent.failed', failure: { kind, message: kind }, during: 'poll' },
      ]);
      assert.deepEqual(watcher.lists, []);
    });
  }

  test('is repeated with exponential backoff, until one succeeds again', async () => {
    const watcher = startWatcher(seen({ hash: first }));
    watcher.world.receivesData = true;
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
    const before = watcher.polls.length;
    await watcher.pass(MINUTE);
    assert.ok(watcher.polls.length - before >= 11, `${watcher.polls.length - before} polls in a minute`);
  });
});

test('a session that is lost during a poll causes no report, and the next session a new poll', async () => {
  const watcher = startWatcher(seen({ hash: first }));
  watcher.session('ready');
  watcher.watch(first);
  await watcher.pass(policy.gatherTime + 25);
  watcher.session('lost');
  await watcher.pass(HOUR);
  assert.deepEqual([watcher.reports, watcher.observed()], [[], []]);
  watcher.session('ready');
  await watcher.pass(policy.gatherTime + 50);
  assert.equal(watcher.observed().length, 1);
});

test('a poll that throws is a bug that the parent of the watcher receives', async () => {
  const watcher = startWatcher();
  watcher.world.observe = () => {
    throw new Error('a bug');
  };
  watcher.session('ready');
  watcher.watch(first);
  await watcher.pass(2 * SECOND);
  assert.deepEqual(
    watcher.reports.map(({ type }: { type: string }) => type),
    ['xstate.error.actor.child'],
  );
});
