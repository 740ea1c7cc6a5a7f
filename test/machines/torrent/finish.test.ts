import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asRemoved, finishedSince, isFinal, isInjected } from '../../../machines/torrent/finish.ts';
import { observeProgress, NOT_OBSERVED } from '../../../machines/torrent/progress.ts';
import { DEFAULT_COMPLETION } from '../../../machines/domain.ts';
import type { Observation, Phase } from '../../../machines/domain.ts';
import { hashOf, policy, seen } from '../fixtures.ts';

const poll = (phase: Phase, askedAt: number) => ({
  observation: seen({ phase }),
  askedAt,
  at: askedAt + 50,
});

describe('a finish hook', () => {
  for (const phase of ['metadata', 'queued', 'downloading', 'stalled', 'stopped', 'unselected'] as const) {
    test(`is refuted by a later poll that shows "${phase}", not by an earlier one`, () => {
      assert.equal(finishedSince(1000, poll(phase, 1000)), null);
      assert.equal(finishedSince(1000, poll(phase, 999)), 1000);
    });
  }

  for (const phase of ['checking', 'moving', 'failed', 'unknown', 'complete'] as const)
    test(`is not refuted while the torrent is "${phase}"`, () =>
      assert.equal(finishedSince(1000, poll(phase, 5000)), 1000));

  test('has the same effect as a finished state', () => {
    assert.equal(finishedSince(null, poll('complete', 1000)), 1050);
    assert.equal(finishedSince(null, poll('checking', 1000)), null);
  });
});

/** The progress after these polls, one each second. */
const progressAfter = (...polls: Partial<Observation>[]) =>
  polls.reduce(
    (progress, over, index) => observeProgress(progress, seen(over), index * 1000, { shown: null, policy }),
    NOT_OBSERVED,
  );

describe('a finished state', () => {
  const complete = { phase: 'complete', progress: 1 } as const;
  const rechecks = { rechecks: true, settlesIn: 5000 };

  test('is final at once', () => {
    const progress = progressAfter({}, complete);
    assert.ok(isFinal(progress, 1000, DEFAULT_COMPLETION));
  });

  test('has to last where qBittorrent rechecks completed torrents', () => {
    const progress = progressAfter({}, complete, complete);
    assert.equal(isFinal(progress, 2000, rechecks), false);
    assert.ok(isFinal(progress, 6000, rechecks));
  });

  test('is final after a check', () => {
    assert.ok(isFinal(progressAfter(complete, { phase: 'checking' }, complete), 2000, rechecks));
    assert.ok(isFinal(progressAfter(complete, { phase: 'checking' }, complete, complete), 3000, rechecks));
  });

  test('is not final where data was downloaded after the check: it is checked again', () => {
    const progress = progressAfter({ phase: 'checking' }, { ...complete, downloaded: 600_000 });
    assert.equal(isFinal(progress, 1000, rechecks), false);
  });

  test('is not final while the number of downloaded bytes is 0: it may arrive late', () => {
    const progress = progressAfter({ phase: 'checking', downloaded: 0 }, { ...complete, downloaded: 0 });
    assert.equal(isFinal(progress, 1000, DEFAULT_COMPLETION), false);
    assert.ok(isFinal(progress, 6000, DEFAULT_COMPLETION));
  });

  test('without downloaded data is not that of a download', () => {
    assert.ok(isInjected(seen({ ...complete, downloaded: 0 })));
    assert.equal(isInjected(seen({ ...complete, downloaded: 1 })), false);
    assert.equal(isInjected(seen({ downloaded: 0 })), false);
  });
});

describe('a torrent that was removed when it was finished', () => {
  test('has the values of its last observation, completed', () => {
    const last = seen({ progress: 0.97, size: 1000, downloaded: 970, name: 'a', duration: 7 });
    const removed = asRemoved(last, last.hash, 5_400);
    assert.deepEqual(removed, {
      ...last,
      phase: 'complete',
      progress: 1,
      downloaded: 1000,
      speed: 0,
      eta: null,
      finishedAt: 5,
    });
  });

  test('has only its hash when no poll has found it', () => {
    const { hash, name, size, phase, finishedAt } = asRemoved(null, hashOf(3), 9000);
    assert.deepEqual(
      { hash, name, size, phase, finishedAt },
      { hash: hashOf(3), name: null, size: 0, phase: 'complete', finishedAt: 9 },
    );
  });
});
