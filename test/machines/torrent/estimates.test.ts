import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isCorrection } from '../../../machines/torrent/progress.ts';
import { createTraffic, markLeaving, skipped } from '../../../machines/outbox/traffic.ts';
import type { Notification, CardState } from '../../../machines/domain.ts';
import type { Policy } from '../../../machines/policy.ts';
import { hashOf, policy, seen } from '../fixtures.ts';
import { allTellings, downloading } from '../watcher/poll-set.ts';

const a = hashOf(1);

const card = (eta: number | null, at = 0, corrections = 0): CardState => ({
  ...downloading(50),
  estimate: { arrival: eta === null ? null : at + eta * 1000, at, corrections },
});
/** What is told when the ETA has been the same for so long, by looks each 5 s. */
const after = (shown: CardState, eta: number | null, ms: number) =>
  allTellings(
    Array.from({ length: ms / 5000 }, (_, n) => ({ eta, at: (n + 1) * 5000 })),
    shown,
  ).filter((told) => told !== null);

describe('the time of arrival on a card', () => {
  test('stands on it as long as it is downloading', () => {
    assert.deepEqual(allTellings([{ eta: 60, at: 1000 }]), [
      { percent: 50, phase: 'downloading', estimate: { arrival: 61_000, at: 1000, corrections: 0 } },
    ]);
    assert.deepEqual(
      allTellings([
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
    ['twice as long and more', 1000, 2100],
    ['half as long and less', 1000, 400],
    ['unknown by now', 1000, null],
    ['known by now', null, 1000],
    ['still to come when it was over', 5, 60],
  ] as const) {
    test(`is corrected when it is ${name}, for more than half a minute`, () => {
      assert.equal(after(card(shown), eta, 30_000).length, 0);
      assert.deepEqual(
        after(card(shown), eta, 40_000).map((told) => told?.estimate?.corrections),
        [1],
      );
    });
  }

  for (const [name, shown, eta] of [
    ['less than twice as long', 1000, 1900],
    ['more than half as long', 1000, 600],
    ['unknown as before', null, null],
    ['wrong by less than half a minute', 10, 28],
  ] as const) {
    test(`stays when it is ${name}`, () => {
      assert.deepEqual(after(card(shown), eta, 60_000), []);
    });
  }

  test('is not corrected for one look, nor while nothing arrives', () => {
    const flicker = Array.from({ length: 40 }, (_, n) => ({
      eta: n % 5 === 0 ? 9000 : 1000 - n * 5,
      at: n * 5000,
    }));
    assert.ok(allTellings(flicker, card(1000)).every((told) => told === null));
    const still = Array.from({ length: 20 }, (_, n) => ({ eta: null, downloaded: 1, at: (n + 1) * 5000 }));
    assert.ok(allTellings(still, card(1000)).every((told) => told === null));
  });

  test('waits twice as long with each correction, until the next percent', () => {
    assert.deepEqual(after(card(1000, 0, 3), 9000, 240_000).length, 1);
    assert.deepEqual(after(card(1000, 0, 3), 9000, 235_000).length, 0);
    const [, percent] = allTellings(
      [
        { eta: 1000, at: 0 },
        { eta: 1000, progress: 0.51, at: 5000 },
      ],
      card(1000, 0, 3),
    );
    assert.equal(percent?.estimate?.corrections, 0);
  });

  test('is corrected once after the clock was set, and not kept for hours', () => {
    for (const jump of [-3_600_000, 3_600_000]) {
      const looks = Array.from({ length: 20 }, (_, n) => ({ eta: 1000 - n * 5, at: 5e6 + jump + n * 5000 }));
      const told = allTellings(looks, card(1000, 5e6)).filter((each) => each !== null);
      assert.equal(told.length, 1);
    }
  });

  test('is not known of a card of an older version, and not corrected', () => {
    assert.deepEqual(after(downloading(50), 9000, 600_000), []);
  });

  test('makes it the same card: where the percent or the phase is another, it is no correction', () => {
    assert.ok(isCorrection(card(1), card(9, 0, 1)));
    assert.ok(!isCorrection(card(1), card(9, 0, 0)), 'told for its own sake');
    assert.ok(!isCorrection(null, card(9, 0, 1)));
    assert.ok(!isCorrection(downloading(49), card(9, 0, 1)), 'the percent has yet to leave');
    assert.ok(!isCorrection({ percent: 50, phase: 'stalled' }, card(9, 0, 1)));
  });
});

const progress = (percent: number, corrections: number): Notification => {
  const tell = { percent, phase: 'downloading', estimate: { arrival: 1, at: 0, corrections } } as const;
  return { kind: 'progress', key: a, torrent: seen({ hash: a }), at: 0, card: tell, shown: null };
};

/** What becomes of both, after a card that said 1 %. */
const outcomes = (daily: number | null, over: Partial<Policy> = {}) => {
  const traffic = createTraffic({ ...policy, ...over }, () => 0);
  const day = daily === null ? null : { daily, left: daily, until: 1e12 };
  const after = { ...traffic, live: true, budget: { ...traffic.budget, day } };
  markLeaving(after, progress(1, 0));
  return [skipped(after, progress(1, 1)), skipped(after, progress(2, 1)), skipped(after, progress(1, 0))];
};

describe('a corrected estimate', () => {
  test('leaves as any progress', () => {
    for (const daily of [null, 17_280]) assert.deepEqual(outcomes(daily), [null, null, null]);
  });

  test('never leaves where a day has few messages: those are for percents', () => {
    assert.deepEqual(outcomes(250), ['superseded', null, null]);
  });

  test('never leaves between two milestones', () => {
    assert.equal(outcomes(null, { progress: 'milestones' })[0], 'superseded');
  });
});
