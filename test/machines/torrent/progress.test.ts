import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  passesMilestone,
  percentOf,
  observeProgress,
  NOT_OBSERVED,
} from '../../../machines/torrent/progress.ts';
import { policy, seen } from '../fixtures.ts';
import { downloading, percentsAndPhases } from './card-states.ts';
import type { Poll } from './card-states.ts';

describe('the percent on a card', () => {
  const percents = [
    { progress: 0, percent: 0 },
    { progress: 0.0099, percent: 0 },
    { progress: 0.01, percent: 1 },
    { progress: 0.29, percent: 29 },
    { progress: 0.57, percent: 57 },
    { progress: 0.9995, percent: 99 },
    { progress: 1, percent: 99 },
  ];
  for (const { progress, percent } of percents) {
    test(`of ${progress} is ${percent}`, () => assert.equal(percentOf(progress), percent));
  }

  test('never rounds up: a whole percent is itself, and slightly less is one less', () => {
    for (let hundredth = 1; hundredth < 100; hundredth += 1) {
      assert.equal(percentOf(hundredth / 100), hundredth);
      assert.equal(percentOf(hundredth / 100 - 0.0001), hundredth - 1);
    }
  });

  test('never decreases through a recheck that starts from 0 again', () => {
    const polls: Poll[] = [
      { progress: 0.6, at: 0 },
      { phase: 'checking', progress: 0, at: 5000 },
      { phase: 'checking', progress: 0.9, at: 20_000 },
      { phase: 'downloading', progress: 0.4, at: 25_000 },
      { phase: 'downloading', progress: 0.61, at: 30_000 },
    ];
    assert.deepEqual(percentsAndPhases(polls), [
      downloading(60),
      null,
      { percent: 60, phase: 'checking' },
      downloading(60),
      downloading(61),
    ]);
  });

  test('ignores the progress of an unknown state', () => {
    const progress = observeProgress(NOT_OBSERVED, seen({ phase: 'unknown', progress: 1 }), 0, {
      shown: null,
      policy,
    });
    assert.equal(progress.percent, 0);
  });
});

describe('a first card', () => {
  test('is sent after the first observation of a download', () => {
    assert.deepEqual(percentsAndPhases([{ progress: 0, at: 0 }]), [downloading(0)]);
  });

  for (const phase of ['metadata', 'queued', 'stopped', 'checking', 'moving', 'unknown'] as const) {
    test(`is never sent for a torrent that is only ${phase}, however long`, () => {
      const polls = [0, 10_000, 1_000_000, 10_000_000].map((at) => ({ phase, progress: 0, at }));
      assert.deepEqual(percentsAndPhases(polls), [null, null, null, null]);
    });
  }

  test('is sent for an error once it lasts', () => {
    const polls = [0, 9999, 10_000].map((at) => ({ phase: 'failed' as const, progress: 0.2, at }));
    assert.deepEqual(percentsAndPhases(polls), [null, null, { percent: 20, phase: 'failed' }]);
  });

  test('is sent for a stalled torrent once that lasts', () => {
    const polls = [0, 119_999, 120_000].map((at) => ({ phase: 'stalled' as const, progress: 0, at }));
    assert.deepEqual(percentsAndPhases(polls), [null, null, { percent: 0, phase: 'stalled' }]);
  });
});

describe('an update', () => {
  test('is not sent while the whole percent is the same', () => {
    assert.deepEqual(
      percentsAndPhases(
        [
          { progress: 0.421, at: 0 },
          { progress: 0.429, at: 5000 },
        ],
        downloading(42),
      ),
      [null, null],
    );
  });

  test('is sent for each higher percent, and once for several at a time', () => {
    const polls = [0.43, 0.44, 0.9].map((progress, n) => ({ progress, at: n * 5000 }));
    assert.deepEqual(percentsAndPhases(polls, downloading(42)), [
      downloading(43),
      downloading(44),
      downloading(90),
    ]);
  });

  test('does not show "stalled" for a moment without data', () => {
    const polls: Poll[] = [
      { phase: 'stalled', at: 0 },
      { phase: 'downloading', at: 5000 },
      { phase: 'stalled', at: 10_000 },
      { phase: 'stalled', at: 124_999 },
    ];
    assert.deepEqual(percentsAndPhases(polls, downloading(50)), [null, null, null, null]);
  });

  test('shows "stalled" after two minutes without data, and "downloading" as soon as data arrives', () => {
    const polls: Poll[] = [
      { phase: 'stalled', at: 0 },
      { phase: 'stalled', at: 120_000 },
      { phase: 'stalled', at: 125_000 },
      { phase: 'downloading', at: 130_000 },
    ];
    assert.deepEqual(percentsAndPhases(polls, downloading(50)), [
      null,
      { percent: 50, phase: 'stalled' },
      null,
      downloading(50),
    ]);
  });

  test('does not show "stalled" while the progress increases, although each poll shows no speed', () => {
    const polls = Array.from({ length: 60 }, (_, n) => ({
      phase: 'stalled' as const,
      progress: 0.5 + n * 0.005,
      at: n * 5000,
    }));
    const phases = percentsAndPhases(polls, downloading(50)).map((state) => state?.phase ?? 'downloading');
    assert.deepEqual(new Set(phases), new Set(['downloading']));
  });

  for (const phase of ['queued', 'stopped', 'checking', 'moving', 'failed', 'metadata'] as const) {
    test(`shows "${phase}" only when it lasts`, () => {
      const polls = [0, 9999, 10_000].map((at) => ({ phase, at }));
      assert.deepEqual(percentsAndPhases(polls, downloading(50)), [null, null, { percent: 50, phase }]);
    });
  }

  test('is not sent for an unknown state, nor for a finished one', () => {
    for (const phase of ['unknown', 'complete'] as const) {
      const polls = [0, 1_000_000].map((at) => ({ phase, progress: 0.5, at }));
      assert.deepEqual(percentsAndPhases(polls, downloading(50)), [null, null]);
    }
  });

  test('shows no phase too early when the clock was set back', () => {
    const polls: Poll[] = [
      { phase: 'stopped', at: 1_000_000 },
      { phase: 'stopped', at: 500_000 },
      { phase: 'stopped', at: 505_000 },
    ];
    assert.deepEqual(percentsAndPhases(polls, downloading(50)), [null, null, null]);
  });

  test('shows a lasting phase although the clock was set back in the meantime', () => {
    const polls: Poll[] = [
      { phase: 'stopped', at: 1_000_000 },
      { phase: 'stopped', at: 500_000 },
      { phase: 'stopped', at: 510_000 },
    ];
    assert.deepEqual(percentsAndPhases(polls, downloading(50)).at(-1), { percent: 50, phase: 'stopped' });
  });
});

describe('where each message is a separate card', () => {
  const crossings = [
    { from: null, to: 0, passes: false },
    { from: null, to: 24, passes: false },
    { from: null, to: 25, passes: true },
    { from: 24, to: 25, passes: true },
    { from: 25, to: 49, passes: false },
    { from: 49, to: 50, passes: true },
    { from: 10, to: 90, passes: true },
    { from: 75, to: 99, passes: false },
  ];
  for (const { from, to, passes } of crossings) {
    test(`a change from ${from ?? 'no card'} to ${to} % ${passes ? 'causes a' : 'causes no'} message`, () => {
      const shown = from === null ? null : downloading(from);
      assert.equal(passesMilestone(shown, downloading(to)), passes);
    });
  }
});
