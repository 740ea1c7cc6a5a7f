import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alertOf } from '../../../machines/torrent/alerts.ts';
import { NOT_OBSERVED } from '../../../machines/torrent/progress.ts';
import type { Alert, Phase } from '../../../machines/domain.ts';
import { MINUTE, policy, SECOND } from '../fixtures.ts';

/** The alert after `phase` has lasted that long. */
const after = (phase: Phase, lasted: number, before: Alert | null = null) =>
  alertOf(before, { ...NOT_OBSERVED, phase, since: 0 }, lasted, policy);

describe('it is said aloud', () => {
  test('that nothing has come for half an hour, and no sooner', () => {
    assert.equal(after('stalled', 30 * MINUTE - 1), null);
    assert.equal(after('stalled', 30 * MINUTE), 'stalled');
  });

  test('that a magnet has found no metadata for a quarter of an hour', () => {
    assert.equal(after('metadata', 15 * MINUTE - 1), null);
    assert.equal(after('metadata', 15 * MINUTE), 'metadata');
  });

  test('that qBittorrent reports an error, when it lasts longer than two looks', () => {
    assert.equal(after('failed', 5 * SECOND), null);
    assert.equal(after('failed', 10 * SECOND), 'failed');
  });

  for (const phase of ['queued', 'stopped', 'downloading', 'complete'] satisfies Phase[]) {
    test(`of no torrent that is ${phase}, however long`, () => {
      assert.equal(after(phase, 24 * 60 * MINUTE), null);
    });
  }
});

describe('what was said aloud', () => {
  test('is taken back when the torrent gets on', () => {
    assert.equal(after('downloading', 0, 'stalled'), null);
    assert.equal(after('downloading', 0, 'failed'), null);
    assert.equal(after('stalled', 0, 'metadata'), null);
    assert.equal(after('downloading', 0, 'crashing'), null);
  });

  test('stays over a restart, which knows no longer since when', () => {
    assert.equal(after('stalled', 0, 'stalled'), 'stalled');
    assert.equal(after('failed', 0, 'failed'), 'failed');
  });

  for (const phase of ['unknown', 'checking', 'moving'] satisfies Phase[]) {
    test(`stays while the torrent is ${phase}: that says nothing`, () => {
      assert.equal(after(phase, 0, 'stalled'), 'stalled');
      assert.equal(after(phase, 24 * 60 * MINUTE), null);
    });
  }
});
