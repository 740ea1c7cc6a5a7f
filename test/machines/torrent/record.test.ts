import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord, recordRequest, recordSettlement } from '../../../machines/torrent/record.ts';
import { recordFinishHook, recordReadded } from '../../../machines/torrent/record-changes.ts';
import type { Stage, TorrentRecord } from '../../../machines/domain.ts';
import { completionOf, hashOf, progressOf } from '../fixtures.ts';
import { cardDeleteOf } from '../outbox-harness.ts';

const [v1, v2] = [hashOf(1), hashOf(2)];
const card = { percent: 42, phase: 'downloading' } as const;

const record = (over: Partial<TorrentRecord> = {}): TorrentRecord => ({ ...createRecord(v1, 7), ...over });

describe('the record of a torrent', () => {
  test('has the shown card state, and none after its deletion', () => {
    const shown = recordSettlement(record(), progressOf(v1, 42), 'accepted', 7);
    assert.deepEqual(shown.shown, card);
    const refused = recordSettlement(shown, progressOf(v1, 43), 'refused', 7);
    assert.deepEqual(refused.shown, card);
    assert.equal(recordSettlement(refused, cardDeleteOf(v1), 'accepted', 7).shown, null);
  });

  test('has the completion until ntfy accepts it, and then the pending card deletion', () => {
    const completion = completionOf(v1);
    const requested = recordRequest(record(), completion);
    assert.equal(requested.stage, 'completing');
    assert.deepEqual(requested.finished, completion.kind === 'completion' && completion.torrent);
    assert.equal(recordSettlement(requested, completion, 'accepted', 7).stage, 'completed');
  });

  test('does not have a completion that was not sent', () => {
    const requested = recordRequest(record(), completionOf(v1));
    const { stage, finished } = recordSettlement(requested, completionOf(v1), 'dropped', 7);
    assert.deepEqual([stage, finished], ['completed', null]);
  });

  test('has the pending card deletion of a removed torrent', () => {
    const requested = recordRequest(record({ shown: card }), cardDeleteOf(v1));
    assert.equal(requested.stage, 'removed');
    assert.equal(recordRequest(requested, cardDeleteOf(v1)), requested);
  });

  test('is not changed by a notification that a newer one replaced', () => {
    const before = record();
    assert.equal(recordSettlement(before, progressOf(v1, 42), 'superseded', 7), before);
  });
});

describe('a finish hook', () => {
  for (const [stage, expected] of [
    ['tracked', 9],
    ['removed', 9],
    ['completing', null],
    ['completed', null],
  ] satisfies [Stage, number | null][]) {
    test(`while a torrent is ${stage} is ${expected === null ? 'not stored' : 'stored'}`, () => {
      assert.equal(recordFinishHook(record({ stage }), 9).finishHookAt, expected);
    });
  }
});

describe('a torrent that is added again', () => {
  test('has the new hash at once while it is tracked', () => {
    const { hash, readdedAs } = recordReadded(record(), v2);
    assert.deepEqual([hash, readdedAs], [v2, null]);
  });

  test('has the new hash for later while it ends', () => {
    const { hash, readdedAs } = recordReadded(record({ stage: 'completed' }), v2);
    assert.deepEqual([hash, readdedAs], [v1, v2]);
  });
});
