import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asRemoved, finishedSince, isFinal, isInjected } from '../../../machines/torrent/finish.ts';
import { observeProgress, NOT_OBSERVED } from '../../../machines/torrent/progress.ts';
import { DEFAULT_COMPLETION } from '../../../machines/domain.ts';
import type { Observation, Phase } from '../../../machines/domain.ts';
import { hashOf, policy, seen } from '../fixtures.ts';

const look = (phase: Phase, askedAt: number) => ({
  observation: seen({ phase }),
  askedAt,
  at: askedAt + 50,
});

describe('what a finish hook has said', () => {
  for (const phase of ['metadata', 'queued', 'downloading', 'stalled', 'stopped', 'unselected'] as const) {
    test(`is refuted by a later poll that sees "${phase}", not by an earlier one`, () => {
      assert.equal(finishedSince(1000, look(phase, 1000)), null);
      assert.equal(finishedSince(1000, look(phase, 999)), 1000);
    });
  }

  for (const phase of ['checking', 'moving', 'failed', 'unknown', 'complete'] as const)
    test(`stands while the torrent is "${phase}"`, () =>
      assert.equal(finishedSince(1000, look(phase, 5000)), 1000));

  test('is also said by a finished state', () => {
    assert.equal(finishedSince(null, look('complete', 1000)), 1050);
    assert.equal(finishedSince(null, look('checking', 1000)), null);
  });
});

/** What is known after these looks, one each second. */
const sightOf = (...looks: Partial<Observation>[]) =>
  looks.reduce(
    (sight, over, index) => observeProgress(sight, seen(over), index * 1000, { shown: null, policy }),
    NOT_OBSERVED,
  );

describe('a finished state', () => {
  const complete = { phase: 'complete', progress: 1 } as const;
  const rechecks = { rechecks: true, settlesIn: 5000 };

  test('is final at once', () => {
    const sight = sightOf({}, complete);
    assert.ok(isFinal(sight, 1000, DEFAULT_COMPLETION));
  });

  test('has to last where qBittorrent checks again what it has downloaded', () => {
    const sight = sightOf({}, complete, complete);
    assert.equal(isFinal(sight, 2000, rechecks), false);
    assert.ok(isFinal(sight, 6000, rechecks));
  });

  test('is final where it comes out of a check', () => {
    assert.ok(isFinal(sightOf(complete, { phase: 'checking' }, complete), 2000, rechecks));
    assert.ok(isFinal(sightOf(complete, { phase: 'checking' }, complete, complete), 3000, rechecks));
  });

  test('is not final where something was downloaded after the check: that is checked, too', () => {
    const sight = sightOf({ phase: 'checking' }, { ...complete, downloaded: 600_000 });
    assert.equal(isFinal(sight, 1000, rechecks), false);
  });

  test('is not final while nothing seems to be downloaded: the count may be late', () => {
    const sight = sightOf({ phase: 'checking', downloaded: 0 }, { ...complete, downloaded: 0 });
    assert.equal(isFinal(sight, 1000, DEFAULT_COMPLETION), false);
    assert.ok(isFinal(sight, 6000, DEFAULT_COMPLETION));
  });

  test('of which nothing was downloaded is none of a download', () => {
    assert.ok(isInjected(seen({ ...complete, downloaded: 0 })));
    assert.equal(isInjected(seen({ ...complete, downloaded: 1 })), false);
    assert.equal(isInjected(seen({ downloaded: 0 })), false);
  });
});

describe('a torrent that was removed when it was finished', () => {
  test('is as the last poll saw it, finished', () => {
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

  test('has nothing but its hash where no poll saw it', () => {
    const { hash, name, size, phase, finishedAt } = asRemoved(null, hashOf(3), 9000);
    assert.deepEqual(
      { hash, name, size, phase, finishedAt },
      { hash: hashOf(3), name: null, size: 0, phase: 'complete', finishedAt: 9 },
    );
  });
});
