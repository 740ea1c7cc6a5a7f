import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isCorrection } from '../../../machines/torrent/progress.ts';
import { createTraffic, markLeaving, skipped } from '../../../machines/outbox/traffic.ts';
import type { Notification, CardState } from '../../../machines/domain.ts';
import type { Policy } from '../../../machines/policy.ts';
import { hashOf, policy, seen } from '../fixtures.ts';
import { cardStates, downloading } from './card-states.ts';

const a = hashOf(1);

const card = (eta: number | null, at = 0, corrections = 0): CardState => ({
  ...downloading(50),
  estimate: { arrival: eta === null ? null : at + eta * 1000, at, corrections },
});
/** The requested card states while polls show this ETA every 5 s, for `ms`. */
const afterPolls = (shown: CardState, eta: number | null, ms: number) =>
  cardStates(
    Array.from({ length: ms / 5000 }, (_, n) => ({ eta, at: (n + 1) * 5000 })),
    shown,
  ).filter((state) => state !== null);

describe('the estimate on a card', () => {
  test('exists while the torrent is downloading', () => {
    assert.deepEqual(cardStates([{ eta: 60, at: 1000 }]), [
      { percent: 50, phase: 'downloading', estimate: { arrival: 61_000, at: 1000, corrections: 0 } },
    ]);
    assert.deepEqual(
      cardStates([
        { phase: 'failed', at: 0 },
        { phase: 'failed', at: 10_000 },
      ]).at(-1),
      {
        percent: 50,
        phase: 'failed',
      },
    );
  });

  for (const [name, shown, eta] of [
    ['more than twice as long', 1000, 2100],
    ['less than half as long', 1000, 400],
    ['no longer known', 1000, null],
    ['now known', null, 1000],
    ['later than a shown one that has passed', 5, 60],
  ] as const) {
    test(`is corrected when it is ${name}, for more than half a minute`, () => {
      assert.equal(afterPolls(card(shown), eta, 30_000).length, 0);
      assert.deepEqual(
        afterPolls(card(shown), eta, 40_000).map((state) => state?.estimate?.corrections),
        [1],
      );
    });
  }

  for (const [name, shown, eta] of [
    ['less than twice as long', 1000, 1900],
    ['more than half as long', 1000, 600],
    ['still unknown', null, null],
    ['wrong by less than half a minute', 10, 28],
  ] as const) {
    test(`stays when it is ${name}`, () => {
      assert.deepEqual(afterPolls(card(shown), eta, 60_000), []);
    });
  }

  test('is not corrected because of one poll, nor while no data arrives', () => {
    const flicker = Array.from({ length: 40 }, (_, n) => ({
      eta: n % 5 === 0 ? 9000 : 1000 - n * 5,
      at: n * 5000,
    }));
    assert.ok(cardStates(flicker, card(1000)).every((state) => state === null));
    const still = Array.from({ length: 20 }, (_, n) => ({ eta: null, downloaded: 1, at: (n + 1) * 5000 }));
    assert.ok(cardStates(still, card(1000)).every((state) => state === null));
  });

  test('is corrected after twice the time with each correction, until the next percent', () => {
    assert.deepEqual(afterPolls(card(1000, 0, 3), 9000, 240_000).length, 1);
    assert.deepEqual(afterPolls(card(1000, 0, 3), 9000, 235_000).length, 0);
    const [, percent] = cardStates(
      [
        { eta: 1000, at: 0 },
        { eta: 1000, progress: 0.51, at: 5000 },
      ],
      card(1000, 0, 3),
    );
    assert.equal(percent?.estimate?.corrections, 0);
  });

  test('is corrected once after the clock was set', () => {
    for (const jump of [-3_600_000, 3_600_000]) {
      const polls = Array.from({ length: 20 }, (_, n) => ({ eta: 1000 - n * 5, at: 5e6 + jump + n * 5000 }));
      const states = cardStates(polls, card(1000, 5e6)).filter((state) => state !== null);
      assert.equal(states.length, 1);
    }
  });

  test('is not corrected on a card of an older version, which stored none', () => {
    assert.deepEqual(afterPolls(downloading(50), 9000, 600_000), []);
  });

  test('is corrected only on the same card: with another percent or phase, the update is no correction', () => {
    assert.ok(isCorrection(card(1), card(9, 0, 1)));
    assert.ok(!isCorrection(card(1), card(9, 0, 0)), 'not a new correction');
    assert.ok(!isCorrection(null, card(9, 0, 1)));
    assert.ok(!isCorrection(downloading(49), card(9, 0, 1)), 'the percent is not shown yet');
    assert.ok(!isCorrection({ percent: 50, phase: 'stalled' }, card(9, 0, 1)));
  });
});

const progress = (percent: number, corrections: number): Notification => {
  const state = { percent, phase: 'downloading', estimate: { arrival: 1, at: 0, corrections } } as const;
  return { kind: 'progress', key: a, torrent: seen({ hash: a }), at: 0, card: state, shown: null };
};

/** The outcomes of a correction, a new percent with a correction, and a repeated card, after a card with 1 %. */
const outcomes = (daily: number | null, over: Partial<Policy> = {}) => {
  const traffic = createTraffic({ policy: { ...policy, ...over }, now: () => 0 });
  const day = daily === null ? null : { daily, left: daily, until: 1e12 };
  const after = { ...traffic, live: true, budget: { ...traffic.budget, day } };
  markLeaving(after, progress(1, 0));
  return [skipped(after, progress(1, 1)), skipped(after, progress(2, 1)), skipped(after, progress(1, 0))];
};

describe('a corrected estimate', () => {
  test('is sent as any progress', () => {
    for (const daily of [null, 17_280]) assert.deepEqual(outcomes(daily), [null, null, null]);
  });

  test('is never sent with a small daily quota, which is for percents', () => {
    assert.deepEqual(outcomes(250), ['superseded', null, null]);
  });

  test('is never sent between two milestones', () => {
    assert.equal(outcomes(null, { progress: 'milestones' })[0], 'superseded');
  });
});
