import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alertOf } from '../../../machines/torrent/alerts.ts';
import { NOT_OBSERVED } from '../../../machines/torrent/progress.ts';
import type { Alert, Phase } from '../../../machines/domain.ts';
import { MINUTE, policy, SECOND } from '../fixtures.ts';

/** The alert after `phase` has lasted for `lasted` milliseconds. */
const after = (phase: Phase, lasted: number, before: Alert | null = null) =>
  alertOf(before, { ...NOT_OBSERVED, phase, since: 0 }, lasted, policy);

describe('an alert is sent', () => {
  test('after half an hour without data, and no sooner', () => {
    assert.equal(after('stalled', 30 * MINUTE - 1), null);
    assert.equal(after('stalled', 30 * MINUTE), 'stalled');
  });

  test('after a quarter of an hour without metadata, and no sooner', () => {
    assert.equal(after('metadata', 15 * MINUTE - 1), null);
    assert.equal(after('metadata', 15 * MINUTE), 'metadata');
  });

  test('after 10 s with an error, and no sooner', () => {
    assert.equal(after('failed', 5 * SECOND), null);
    assert.equal(after('failed', 10 * SECOND), 'failed');
  });

  for (const phase of ['queued', 'stopped', 'downloading', 'complete'] satisfies Phase[]) {
    test(`never while a torrent is ${phase}`, () => {
      assert.equal(after(phase, 24 * 60 * MINUTE), null);
    });
  }
});

describe('an alert that was sent', () => {
  test('is cleared when the torrent continues', () => {
    assert.equal(after('downloading', 0, 'stalled'), null);
    assert.equal(after('downloading', 0, 'failed'), null);
    assert.equal(after('stalled', 0, 'metadata'), null);
    assert.equal(after('downloading', 0, 'crashing'), null);
  });

  test('stays after a restart, when the start of the phase is unknown', () => {
    assert.equal(after('stalled', 0, 'stalled'), 'stalled');
    assert.equal(after('failed', 0, 'failed'), 'failed');
  });

  for (const phase of ['unknown', 'checking', 'moving'] satisfies Phase[]) {
    test(`stays while the torrent is ${phase}, which decides nothing`, () => {
      assert.equal(after(phase, 0, 'stalled'), 'stalled');
      assert.equal(after(phase, 24 * 60 * MINUTE), null);
    });
  }
});
