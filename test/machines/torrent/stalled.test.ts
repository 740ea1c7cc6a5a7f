import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { downloading, tellings } from '../watcher/poll-set.ts';
import type { Look } from '../watcher/poll-set.ts';

describe('a torrent that is called downloading while nothing arrives', () => {
  const still = { downloaded: 7, progress: 0.5 };

  test('is stalled after two minutes, since its last byte, and downloading with the next one', () => {
    const looks: Look[] = [
      { ...still, at: 0 },
      { ...still, at: 119_999 },
      { ...still, at: 120_000 },
      { ...still, at: 125_000 },
      { ...still, downloaded: 8, at: 130_000 },
    ];
    assert.deepEqual(tellings(looks, downloading(50)), [
      null,
      null,
      { percent: 50, phase: 'stalled' },
      null,
      downloading(50),
    ]);
  });

  test('is not stalled for bytes that only its progress shows', () => {
    const looks = Array.from({ length: 100 }, (_, n) => ({
      downloaded: 0,
      progress: 0.5 + n / 1e6,
      at: n * 5000,
    }));
    assert.ok(tellings(looks, downloading(50)).every((told) => told === null));
  });

  test('waits anew after it was stopped, queued or checked', () => {
    for (const phase of ['stopped', 'queued', 'checking', 'unknown'] as const) {
      const looks: Look[] = [
        { ...still, at: 0 },
        { ...still, phase, at: 115_000 },
        { ...still, at: 120_000 },
        { ...still, at: 239_999 },
      ];
      assert.ok(
        tellings(looks, downloading(50)).every((told) => told?.phase !== 'stalled'),
        phase,
      );
    }
  });

  test('waits no longer than two minutes because the clock was set back', () => {
    const looks: Look[] = [
      { ...still, at: 1_000_000 },
      { ...still, at: 500_000 },
      { ...still, at: 620_000 },
    ];
    assert.deepEqual(tellings(looks, downloading(50)).at(-1), { percent: 50, phase: 'stalled' });
  });
});
