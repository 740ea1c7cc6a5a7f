import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Observation, Phase } from '../../../machines/domain.ts';
import type { WatcherEvent } from '../../../machines/watcher/types.ts';
import { mulberry32 } from '../../mulberry32.ts';
import { failure, hashOf, HOUR, MINUTE, ok, policy, SECOND, seen } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { startWatcher } from '../watcher-harness.ts';
import type { Observations } from '../watcher-harness.ts';

const [first, second, third] = [hashOf(1), hashOf(2), hashOf(3)];

describe('an idle watcher makes no request in 24 hours, and has no timer,', () => {
  const cases: [title: string, prepare: (watcher: ReturnType<typeof startWatcher>) => void][] = [
    ['at its start', () => {}],
    ['while no torrent is tracked', ({ session }) => session('ready')],
    ['while there is no session', ({ watch }) => watch(first)],
    [
      'after the last torrent was unwatched',
      ({ session, watch, unwatch }) => {
        session('ready');
        watch(first, second);
        unwatch(first, second);
      },
    ],
    [
      'after the session was lost',
      ({ session, watch }) => {
        session('ready');
        watch(first);
        session('lost');
      },
    ],
  ];
  for (const [title, prepare] of cases) {
    test(title, async () => {
      const watcher = startWatcher();
      prepare(watcher);
      await watcher.pass(24 * HOUR);
      assert.deepEqual([watcher.polls, watcher.lists, timersOf(watcher.clock)], [[], [], []]);
    });
  }
});

describe('one request', () => {
  test('polls all torrents', async () => {
    const watcher = startWatcher(...[first, second, third].map((hash) => seen({ hash })));
    watcher.session('ready');
    watcher.watch(first, second, third);
    await watcher.pass(2 * SECOND);
    assert.deepEqual(watcher.polls, [{ at: policy.gatherTime, hashes: [first, second, third] }]);
    assert.deepEqual(
      watcher.observed().map(({ observations, at }) => [observations.length, at]),
      [[3, policy.gatherTime + 50]],
    );
  });

  test('polls a thousand torrents that are added within a second', async () => {
    const hashes = Array.from({ length: 1000 }, (_, n) => hashOf(n));
    const watcher = startWatcher(...hashes.map((hash) => seen({ hash })));
    watcher.session('ready');
    for (const hash of hashes) {
      watcher.watch(hash);
      watcher.clock.increment(0.9);
    }
    await watcher.pass(SECOND);
    assert.deepEqual(
      watcher.polls.map(({ hashes }) => hashes.length),
      [1000],
    );
  });

  test('is made at a time, however slowly qBittorrent answers', async () => {
    const watcher = startWatcher(seen({ hash: first }));
    watcher.world.latency = 20 * SECOND;
    watcher.session('ready');
    watcher.watch(first);
    await watcher.pass(10 * MINUTE);
    const gaps = watcher.polls.slice(1).map(({ at }, index) => at - (watcher.polls[index]?.at ?? 0));
    assert.ok(gaps.length > 10);
    assert.ok(gaps.every((gap) => gap === 20 * SECOND + policy.pollInterval));
  });
});

/** Milliseconds from an answer to the next poll, after ten minutes, when no torrent is new any more. */
const gapAfter = (...phases: Phase[]) => gapWhile(...phases.map((phase) => ({ phase })));

const gapWhile = async (...torrents: Partial<Observation>[]) => {
  const watcher = startWatcher(...torrents.map((torrent, n) => seen({ ...torrent, hash: hashOf(n) })));
  watcher.world.receivesData = true;
  watcher.session('ready');
  watcher.watch(...torrents.map((_, n) => hashOf(n)));
  await watcher.pass(10 * MINUTE);
  const [one, other] = watcher.polls.slice(-2);
  return (other?.at ?? 0) - (one?.at ?? 0) - 50;
};

describe('the next poll comes', () => {
  const soon: Phase[] = ['downloading', 'checking', 'moving', 'unknown', 'complete'];
  const late: Phase[] = ['metadata', 'stalled', 'queued', 'stopped', 'failed'];
  for (const phase of soon) {
    test(`after 5 s when one torrent is ${phase}`, async () => {
      assert.equal(await gapAfter(phase), policy.pollInterval);
      assert.equal(await gapAfter(...late, phase), policy.pollInterval);
    });
  }
  for (const phase of late) {
    test(`after 30 s when every torrent is ${phase}`, async () => {
      assert.equal(await gapAfter(phase), policy.idleInterval);
    });
  }

  for (const [phase, polls] of [
    ['queued', 3],
    ['metadata', 26],
    ['stalled', 26],
  ] as const) {
    test(`after 5 s when a torrent is new, even if it is ${phase}: ${polls} times`, async () => {
      const watcher = startWatcher(seen({ hash: first, phase }));
      watcher.session('ready');
      watcher.watch(first);
      await watcher.pass(10 * MINUTE);
      const gaps = watcher.polls.slice(1).map(({ at }, n) => at - (watcher.polls[n]?.at ?? 0) - 50);
      assert.deepEqual(new Set(gaps.slice(0, polls - 1)), new Set([policy.pollInterval]));
      assert.deepEqual(new Set(gaps.slice(polls - 1)), new Set([policy.idleInterval]));
    });
  }

  test('after 5 s when a torrent is downloading without data: 26 times', async () => {
    const watcher = startWatcher(seen({ hash: first }));
    watcher.session('ready');
    watcher.watch(first);
    await watcher.pass(10 * MINUTE);
    const gaps = watcher.polls.slice(1).map(({ at }, n) => at - (watcher.polls[n]?.at ?? 0) - 50);
    assert.deepEqual(new Set(gaps.slice(0, 25)), new Set([policy.pollInterval]));
    assert.deepEqual(new Set(gaps.slice(25)), new Set([policy.idleInterval]));
  });

  test('sooner when a torrent is near its end, but never before qBittorrent has new values', async () => {
    assert.equal(await gapWhile({ eta: 6 }, { eta: null }), 3000);
    assert.equal(await gapWhile({ eta: 60 }, { eta: 8 }), 4000);
    assert.equal(await gapWhile({ eta: 0 }), 1500);
    assert.equal(await gapWhile({ eta: 0, phase: 'queued' }), policy.idleInterval);
  });

  test('no sooner when hundreds are tracked', async () => {
    const many = Array.from({ length: 300 }, () => ({ eta: 1 }));
    assert.equal(await gapWhile(...many), 3000);
    assert.equal(await gapWhile(...many, ...many), policy.pollInterval);
  });

  test('within a second for a torrent that is added during a poll or a pause', async () => {
    const watcher = startWatcher(...[first, second, third].map((hash) => seen({ hash, phase: 'queued' })));
    watcher.session('ready');
    watcher.watch(first);
    await watcher.pass(policy.gatherTime + 25);
    watcher.watch(second);
    await watcher.pass(25 + policy.gatherTime);
    assert.deepEqual(watcher.polls.at(-1), { at: 2 * policy.gatherTime + 50, hashes: [second] });
    await watcher.pass(SECOND);
    watcher.watch(third);
    await watcher.pass(policy.gatherTime);
    assert.deepEqual(watcher.polls.at(-1)?.hashes, [third]);
    assert.equal(watcher.polls.length, 3);
  });
});

test('with random events, no list is ever empty, and no timer is left', async () => {
  const random = mulberry32(7);
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const watcher = startWatcher(...[first, third].map((hash) => seen({ hash })));
  const answers: (() => Observations)[] = [() => ok([]), () => failure('broken'), watcher.world.list];
  watcher.session('ready');
  for (let step = 0; step < 3000; step += 1) {
    const hash = pick([first, second, third]);
    const events: WatcherEvent[] = [
      { type: 'torrent.watch', hash, key: hash },
      { type: 'torrent.unwatch', hash },
      { type: 'torrent.unwatch', hash },
      { type: 'session.ready' },
      { type: 'session.lost' },
    ];
    watcher.actor.send(pick(events));
    watcher.world.list = pick(answers);
    if (random() < 0.5) await watcher.pass(pick([1, 25, 500, 1000, 6000]));
    // A poll and a list, each with its time limit.
    assert.ok(timersOf(watcher.clock).length <= 4);
  }
  assert.ok(watcher.polls.length > 50);
  watcher.unwatch(first, second, third);
  await watcher.pass(2 * MINUTE);
  assert.deepEqual(timersOf(watcher.clock), []);
});
