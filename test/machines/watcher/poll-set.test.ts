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

/** Looks at torrents that do what `phases` says of them; it asks when it is time, and answers come at once. */
function startLooking() {
  const pollSet = createPollSet();
  const phases = new Map<Hash, Phase>();
  /** What is called downloading while no byte arrives. */
  const silent = new Set<Hash>();
  const clock = { now: 1_000_000 };
  const look = (): Hash[] => {
    const asked = chooseHashes(pollSet, clock.now, policy.gatherTime);
    const found = asked.flatMap((hash) => {
      const phase = phases.get(hash);
      const downloaded = phase === 'downloading' && !silent.has(hash) ? clock.now : 0;
      return phase === undefined ? [] : [seen({ hash, phase, eta: null, downloaded })];
    });
    recordPoll(pollSet, asked, found, { now: clock.now, policy });
    return asked;
  };
  /** Waits for the next look, and takes it. */
  const next = (): Hash[] => {
    clock.now += pauseOf(pollSet, 0, { now: clock.now, policy });
    return look();
  };
  return {
    pollSet,
    phases,
    silent,
    clock,
    look,
    add: (phase: Phase, ...added: Hash[]) => {
      for (const hash of added) {
        phases.set(hash, phase);
        watch(pollSet, hash);
      }
    },
    pause: () => pauseOf(pollSet, 0, { now: clock.now, policy }),
    next,
    /** Until what came has settled, and all were just asked for. */
    settle: () => {
      for (let n = 0; n < 30; n += 1) next();
      while (next().length < pollSet.hashes.size);
    },
  };
}

function startCrowd() {
  const looking = startLooking();
  looking.add('queued', ...hashes(1000));
  looking.add('downloading', ...hashes(3, 1000));
  looking.settle();
  return looking;
}

describe('of a thousand queued torrents and three that download', () => {
  test('a poll asks for three, and each 30 s for all', () => {
    const { next, clock } = startCrowd();
    const from = clock.now;
    const counts: number[] = [];
    while (clock.now < from + 60 * SECOND) counts.push(next().length);
    assert.equal(counts.filter((count) => count === 1003).length, 2);
    assert.equal(counts.filter((count) => count === 3).length, counts.length - 2);
    assert.ok(counts.length >= 12 && counts.length <= 14, counts.join());
  });

  test('the next poll asks for all when one of them is over: another one has its place', () => {
    const { pollSet, next } = startCrowd();
    unwatch(pollSet, hashOf(1000));
    assert.equal(next().length, 1002);
    assert.equal(next().length, 2);
  });

  test('or when one of them has lost its place', () => {
    const { phases, next } = startCrowd();
    phases.set(hashOf(1001), 'stopped');
    assert.deepEqual([next().length, next().length, next().length, next().length], [3, 1003, 3, 2]);
  });

  test('a new one is asked for alone, and with the next polls, and disturbs nobody', () => {
    const { add, look, next, clock } = startCrowd();
    clock.now += SECOND;
    add('queued', hashOf(5000));
    assert.deepEqual(look(), [hashOf(5000)]);
    assert.deepEqual([next().length, next().length, next().length], [4, 4, 3]);
  });

  test('one that is finished is asked for at once, four times, alone', () => {
    const { pollSet, next, pause } = startCrowd();
    markUrgent(pollSet, hashOf(1000));
    assert.equal(pause(), SECOND);
    const counts = [next(), next(), next(), next()].map((asked) => asked.length);
    assert.equal(counts.filter((count) => count === 1).length >= 3, true, counts.join());
  });

  test('all are, where nobody knows which one is finished', () => {
    const { pollSet, next } = startCrowd();
    markUrgent(pollSet, null);
    assert.equal(next().length, 1003);
  });
});

test('a magnet whose turn has come is asked for with each poll, as a new one is', () => {
  const { phases, add, settle, next } = startLooking();
  add('queued', ...hashes(5));
  settle();
  phases.set(hashOf(3), 'metadata');
  assert.equal(next().length, 5);
  assert.deepEqual([next(), next(), next()], [[hashOf(3)], [hashOf(3)], [hashOf(3)]]);
});

test('a stalled torrent is asked for with each poll while something arrives, and two minutes longer', () => {
  const { pollSet, clock } = startLooking();
  const [one, other] = [hashOf(1), hashOf(2)];
  for (const hash of [one, other]) watch(pollSet, hash);
  let asks = 0;
  for (let n = 0; n < 100; n += 1) {
    clock.now += 5 * SECOND;
    const asked = chooseHashes(pollSet, clock.now, policy.gatherTime);
    if (asked.length === 1) assert.deepEqual(asked, [one]);
    else asks += 1;
    const found = [
      seen({ hash: one, phase: 'stalled', downloaded: n }),
      seen({ hash: other, phase: 'stalled', downloaded: 5 }),
    ].filter(({ hash }) => asked.includes(hash));
    recordPoll(pollSet, asked, found, { now: clock.now, policy });
  }
  // 26 times, and then each 30 s.
  assert.ok(asks >= 26 + 10 && asks <= 26 + 14, `${asks}`);
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
      const asked = chooseHashes(pollSet, now, policy.gatherTime);
      recordPoll(pollSet, asked, [seen({ phase, eta: null })], { now, policy: slow });
      moving += 1;
    }
    assert.equal(moving, polls, phase);
  }
});

test('one that is called downloading while nothing arrives is asked for as a stalled one', () => {
  const { pollSet, silent, add, settle, next } = startLooking();
  add('downloading', ...hashes(3));
  silent.add(hashOf(2));
  settle();
  assert.deepEqual([next().length, next().length], [2, 2]);
  silent.clear();
  while (next().length < 3);
  assert.equal(next().length, 3, `${pollSet.moving.size} move`);
});

test('everything is asked for after a failure', () => {
  const { pollSet, add, settle, next } = startLooking();
  add('downloading', ...hashes(2));
  add('queued', ...hashes(5, 2));
  settle();
  resetPolls(pollSet);
  assert.equal(next().length, 7);
});

test('what was not found is asked for with each poll', () => {
  const { pollSet, add, settle, next } = startLooking();
  add('queued', ...hashes(5));
  watch(pollSet, hashOf(9));
  settle();
  assert.ok(next().includes(hashOf(9)));
});

test('one that left while the answer was on its way is forgotten', () => {
  const { pollSet, add, clock } = startLooking();
  add('downloading', hashOf(1), hashOf(2));
  const asked = chooseHashes(pollSet, clock.now, policy.gatherTime);
  unwatch(pollSet, hashOf(1));
  recordPoll(pollSet, asked, [], { now: clock.now, policy });
  assert.deepEqual([[...pollSet.hashes], [...pollSet.moving.keys()]], [[hashOf(2)], [hashOf(2)]]);
});

test('a clock that is set back by an hour keeps nobody waiting for longer than the longest pause', () => {
  const { add, settle, clock, pause, look } = startLooking();
  add('downloading', hashOf(1));
  add('queued', hashOf(2));
  settle();
  clock.now -= HOUR;
  assert.ok(pause() <= policy.idleInterval);
  assert.equal(look().length, 2);
  clock.now -= HOUR;
  // New ones come all the time: the others have their turn all the same.
  let all = 0;
  for (let n = 0; n < 40; n += 1) {
    add('queued', hashOf(100 + n));
    clock.now += SECOND;
    if (look().includes(hashOf(2))) all += 1;
  }
  assert.ok(all >= 1);
});
