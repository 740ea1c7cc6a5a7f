import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  resetPolls,
  chooseHashes,
  createPollSet,
  markUrgent,
  recordPoll,
  pauseOf,
  unwatch,
  watch,
} from '../../../machines/watcher/poll-set.ts';
import type { Hash, Phase } from '../../../machines/domain.ts';
import { hashOf, HOUR, policy, SECOND, seen } from '../fixtures.ts';

const hashes = (count: number, from = 0) => Array.from({ length: count }, (_, n) => hashOf(from + n));

/** Polls torrents in the phases of `phases`, when the poll set requires it; answers arrive at once. */
function startPolling() {
  const pollSet = createPollSet();
  const phases = new Map<Hash, Phase>();
  /** Downloading torrents without data. */
  const silent = new Set<Hash>();
  const clock = { now: 1_000_000 };
  const poll = (): Hash[] => {
    const requested = chooseHashes(pollSet, clock.now, policy.gatherTime);
    const found = requested.flatMap((hash) => {
      const phase = phases.get(hash);
      const downloaded = phase === 'downloading' && !silent.has(hash) ? clock.now : 0;
      return phase === undefined ? [] : [seen({ hash, phase, eta: null, downloaded })];
    });
    recordPoll(pollSet, requested, found, { now: clock.now, policy });
    return requested;
  };
  /** Waits for the next poll, and makes it. */
  const next = (): Hash[] => {
    clock.now += pauseOf(pollSet, 0, { now: clock.now, policy });
    return poll();
  };
  return {
    pollSet,
    phases,
    silent,
    clock,
    poll,
    add: (phase: Phase, ...added: Hash[]) => {
      for (const hash of added) {
        phases.set(hash, phase);
        watch(pollSet, hash);
      }
    },
    pause: () => pauseOf(pollSet, 0, { now: clock.now, policy }),
    next,
    /** Polls until all torrents have settled, and the last poll requested all. */
    settle: () => {
      for (let n = 0; n < 30; n += 1) next();
      while (next().length < pollSet.hashes.size);
    },
  };
}

function startWithQueue() {
  const polling = startPolling();
  polling.add('queued', ...hashes(1000));
  polling.add('downloading', ...hashes(3, 1000));
  polling.settle();
  return polling;
}

describe('with a thousand queued torrents and three that download', () => {
  test('a poll requests three, and every 30 s all', () => {
    const { next, clock } = startWithQueue();
    const from = clock.now;
    const counts: number[] = [];
    while (clock.now < from + 60 * SECOND) counts.push(next().length);
    assert.equal(counts.filter((count) => count === 1003).length, 2);
    assert.equal(counts.filter((count) => count === 3).length, counts.length - 2);
    assert.ok(counts.length >= 12 && counts.length <= 14, counts.join());
  });

  test('the next poll requests all when one of them ends: a queued one may have started', () => {
    const { pollSet, next } = startWithQueue();
    unwatch(pollSet, hashOf(1000));
    assert.equal(next().length, 1002);
    assert.equal(next().length, 2);
  });

  test('the next poll requests all when one of them is stopped', () => {
    const { phases, next } = startWithQueue();
    phases.set(hashOf(1001), 'stopped');
    assert.deepEqual([next().length, next().length, next().length, next().length], [3, 1003, 3, 2]);
  });

  test('a new one is requested alone, and then with the next polls', () => {
    const { add, poll, next, clock } = startWithQueue();
    clock.now += SECOND;
    add('queued', hashOf(5000));
    assert.deepEqual(poll(), [hashOf(5000)]);
    assert.deepEqual([next().length, next().length, next().length], [4, 4, 3]);
  });

  test('a finished one is requested at once, and alone in at least three of the next four polls', () => {
    const { pollSet, next, pause } = startWithQueue();
    markUrgent(pollSet, [hashOf(1000)]);
    assert.equal(pause(), SECOND);
    const counts = [next(), next(), next(), next()].map((requested) => requested.length);
    assert.equal(counts.filter((count) => count === 1).length >= 3, true, counts.join());
  });

  test('all are requested when the finished one is unknown', () => {
    const { pollSet, next } = startWithQueue();
    markUrgent(pollSet, null);
    assert.equal(next().length, 1003);
  });
});

test('a magnet that has left the queue is requested with each poll, as a new one', () => {
  const { phases, add, settle, next } = startPolling();
  add('queued', ...hashes(5));
  settle();
  phases.set(hashOf(3), 'metadata');
  assert.equal(next().length, 5);
  assert.deepEqual([next(), next(), next()], [[hashOf(3)], [hashOf(3)], [hashOf(3)]]);
});

test('a stalled torrent is requested with each poll while data arrives, and two minutes longer', () => {
  const { pollSet, clock } = startPolling();
  const [one, other] = [hashOf(1), hashOf(2)];
  for (const hash of [one, other]) watch(pollSet, hash);
  let requests = 0;
  for (let n = 0; n < 100; n += 1) {
    clock.now += 5 * SECOND;
    const requested = chooseHashes(pollSet, clock.now, policy.gatherTime);
    if (requested.length === 1) assert.deepEqual(requested, [one]);
    else requests += 1;
    const found = [
      seen({ hash: one, phase: 'stalled', downloaded: n }),
      seen({ hash: other, phase: 'stalled', downloaded: 5 }),
    ].filter(({ hash }) => requested.includes(hash));
    recordPoll(pollSet, requested, found, { now: clock.now, policy });
  }
  // 26 times, and then every 30 s.
  assert.ok(requests >= 26 + 10 && requests <= 26 + 14, `${requests}`);
});

test('how many polls wait for a phase to last follows from the policy', () => {
  const slow = { ...policy, settleTime: 4 * policy.pollInterval, stallTime: 6 * policy.pollInterval };
  for (const [phase, polls] of [
    ['queued', 5],
    ['failed', 5],
    ['stalled', 8],
    ['metadata', 8],
  ] as const) {
    const pollSet = createPollSet();
    watch(pollSet, hashOf(1));
    let moving = 0;
    for (let now = 1_000_000; pollSet.moving.size > 0 || moving === 0; now += policy.pollInterval) {
      const requested = chooseHashes(pollSet, now, policy.gatherTime);
      recordPoll(pollSet, requested, [seen({ phase, eta: null })], { now, policy: slow });
      moving += 1;
    }
    assert.equal(moving, polls, phase);
  }
});

test('a downloading torrent without data is requested as a stalled one', () => {
  const { pollSet, silent, add, settle, next } = startPolling();
  add('downloading', ...hashes(3));
  silent.add(hashOf(2));
  settle();
  assert.deepEqual([next().length, next().length], [2, 2]);
  silent.clear();
  while (next().length < 3);
  assert.equal(next().length, 3, `${pollSet.moving.size} move`);
});

test('all torrents are requested after a failure', () => {
  const { pollSet, add, settle, next } = startPolling();
  add('downloading', ...hashes(2));
  add('queued', ...hashes(5, 2));
  settle();
  resetPolls(pollSet);
  assert.equal(next().length, 7);
});

test('a missing torrent is requested with each poll', () => {
  const { pollSet, add, settle, next } = startPolling();
  add('queued', ...hashes(5));
  watch(pollSet, hashOf(9));
  settle();
  assert.ok(next().includes(hashOf(9)));
});

test('a torrent that is unwatched before the answer arrives is removed', () => {
  const { pollSet, add, clock } = startPolling();
  add('downloading', hashOf(1), hashOf(2));
  const requested = chooseHashes(pollSet, clock.now, policy.gatherTime);
  unwatch(pollSet, hashOf(1));
  recordPoll(pollSet, requested, [], { now: clock.now, policy });
  assert.deepEqual([[...pollSet.hashes], [...pollSet.moving.keys()]], [[hashOf(2)], [hashOf(2)]]);
});

test('a clock that is set back by an hour delays no poll by more than the longest pause', () => {
  const { add, settle, clock, pause, poll } = startPolling();
  add('downloading', hashOf(1));
  add('queued', hashOf(2));
  settle();
  clock.now -= HOUR;
  assert.ok(pause() <= policy.idleInterval);
  assert.equal(poll().length, 2);
  clock.now -= HOUR;
  // New ones are added continually, and the others are still requested.
  let all = 0;
  for (let n = 0; n < 40; n += 1) {
    add('queued', hashOf(100 + n));
    clock.now += SECOND;
    if (poll().includes(hashOf(2))) all += 1;
  }
  assert.ok(all >= 1);
});
