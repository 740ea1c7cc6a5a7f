import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { downloading, percentsAndPhases } from './card-states.ts';
import type { Poll } from './card-states.ts';

describe('a downloading torrent without data', () => {
  const still = { downloaded: 7, progress: 0.5 };

  test('is stalled two minutes after its last byte, and downloading with the next one', () => {
    const polls: Poll[] = [
      { ...still, at: 0 },
      { ...still, at: 119_999 },
      { ...still, at: 120_000 },
      { ...still, at: 125_000 },
      { ...still, downloaded: 8, at: 130_000 },
    ];
    assert.deepEqual(percentsAndPhases(polls, downloading(50)), [
      null,
      null,
      { percent: 50, phase: 'stalled' },
      null,
      downloading(50),
    ]);
  });

  test('is not stalled while its progress increases', () => {
    const polls = Array.from({ length: 100 }, (_, n) => ({
      downloaded: 0,
      progress: 0.5 + n / 1e6,
      at: n * 5000,
    }));
    assert.ok(percentsAndPhases(polls, downloading(50)).every((state) => state === null));
  });

  test('is stalled two minutes later when it was stopped, queued or checked', () => {
    for (const phase of ['stopped', 'queued', 'checking', 'unknown'] as const) {
      const polls: Poll[] = [
        { ...still, at: 0 },
        { ...still, phase, at: 115_000 },
        { ...still, at: 120_000 },
        { ...still, at: 239_999 },
      ];
      assert.ok(
        percentsAndPhases(polls, downloading(50)).every((state) => state?.phase !== 'stalled'),
        phase,
      );
    }
  });

  test('is stalled after two minutes although the clock was set back', () => {
    const polls: Poll[] = [
      { ...still, at: 1_000_000 },
      { ...still, at: 500_000 },
      { ...still, at: 620_000 },
    ];
    assert.deepEqual(percentsAndPhases(polls, downloading(50)).at(-1), { percent: 50, phase: 'stalled' });
  });
});
