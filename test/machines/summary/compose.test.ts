/** What a summary shows. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Observation, Phase } from '../../../machines/domain.ts';
import { composeSummary, MAX_SUMMARY_LINES, roundSpeed, shownOf } from '../../../machines/summary/compose.ts';
import type { Member } from '../../../machines/summary/board.ts';
import { NOT_OBSERVED, percentOf } from '../../../machines/torrent/progress.ts';
import { hashOf, seen } from '../fixtures.ts';

function memberOf(over: Partial<Observation> = {}, phase: Phase = 'downloading'): Member {
  const observation = seen({ eta: null, ...over });
  return { observation, progress: { ...NOT_OBSERVED, phase, percent: percentOf(observation.progress) } };
}

const summaryOf = (members: readonly Member[], at = 0) =>
  composeSummary({ members: new Map(members.map((member, n) => [hashOf(n), member])), answer: null }, at);

const namesIn = (members: readonly Member[]) => summaryOf(members).lines.map(({ name }) => name);

describe('the totals', () => {
  test('are those of all bytes', () => {
    const members = [
      memberOf({ size: 3_000_000, progress: 0.5, speed: 1000 }),
      memberOf({ size: 1_000_000, progress: 0.1, speed: 500 }),
      memberOf({ size: 0, progress: 0, speed: 0 }, 'stalled'),
    ];
    const { downloads, percent, speed, eta } = summaryOf(members);
    // 2.4 MB at 1.5 kB/s.
    assert.deepEqual([downloads, percent, speed, eta], [3, 40, 1500, 1620]);
  });

  test('have no ETA without speed, or if it is more than 100 days away', () => {
    assert.equal(summaryOf([memberOf({ speed: 0 })]).eta, null);
    assert.equal(summaryOf([memberOf({ speed: 1, size: 1e12 })]).eta, null);
  });

  test('never reach 100 %, and have at least a minute left', () => {
    const { percent, eta } = summaryOf([memberOf({ progress: 1, size: 1000 })]);
    assert.deepEqual([percent, eta], [99, 60]);
  });

  test('of nothing are 0', () => {
    assert.deepEqual(summaryOf([]), { at: 0, downloads: 0, percent: 0, speed: 0, eta: null, lines: [] });
  });
});

test('a speed has two significant digits', () => {
  const speeds = [0, -1, 7, 42, 999, 1234, 98_765, 12_345_678];
  assert.deepEqual(speeds.map(roundSpeed), [0, 0, 7, 42, 1000, 1200, 99_000, 12_000_000]);
});

describe('the lines', () => {
  test('begin with the next to finish; those of which that is unknown are last', () => {
    const members = [
      memberOf({ name: 'unknown' }),
      memberOf({ name: 'later', eta: 7200 }),
      memberOf({ name: 'stalled', eta: 1 }, 'stalled'),
      memberOf({ name: 'soon', eta: 61 }),
      memberOf({ name: 'soon, and further', eta: 119, progress: 0.9 }),
    ];
    assert.deepEqual(namesIn(members), ['soon, and further', 'soon', 'later', 'unknown', 'stalled']);
  });

  test('are at most as many as could fit, of 10,000 downloads, with short names', () => {
    const members = Array.from({ length: 10_000 }, (_, n) => memberOf({ name: `${n}`.repeat(1000), eta: n }));
    const { lines, downloads } = summaryOf(members);
    assert.deepEqual([lines.length, downloads], [MAX_SUMMARY_LINES, 10_000]);
    assert.ok(lines.every(({ name }) => (name ?? '').length <= 300));
  });
});

describe('two summaries show the same', () => {
  const before = summaryOf([memberOf({ speed: 1234, eta: 100 })], 30_000);
  const shows = (over: Partial<Observation>, at = 30_000) =>
    shownOf(summaryOf([memberOf({ speed: 1234, eta: 100, ...over })], at)) === shownOf(before);

  test('if only a third digit of the speed, a part of a percent or of a minute differs', () => {
    assert.equal(shows({ speed: 1239 }), true);
    assert.equal(shows({ progress: 0.5001 }), true);
    assert.equal(shows({ eta: 61 }), true);
    assert.equal(shows({}, 40_000), true);
  });

  test('but not if a name, a percent or the time of the end differs', () => {
    assert.equal(shows({ name: 'another' }), false);
    assert.equal(shows({ progress: 0.51 }), false);
    assert.equal(shows({ speed: 2000 }), false);
    assert.equal(shows({}, 100_000), false);
  });
});
