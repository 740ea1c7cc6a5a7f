import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord, recordRequest, recordSettlement } from '../../../machines/torrent/record.ts';
import { recordFinishHook, recordReadded } from '../../../machines/torrent/record-changes.ts';
import type { Stage, TorrentRecord } from '../../../machines/domain.ts';
import { completionOf, hashOf, progressOf } from '../fixtures.ts';
import { cardDeleteOf } from '../publishing.ts';

const [v1, v2] = [hashOf(1), hashOf(2)];
const told = { percent: 42, phase: 'downloading' } as const;

const record = (over: Partial<TorrentRecord> = {}): TorrentRecord => ({ ...createRecord(v1, 7), ...over });

describe('the record of a torrent', () => {
  test('remembers what the phone shows, and that it shows nothing any more', () => {
    const shown = recordSettlement(record(), progressOf(v1, 42), 'accepted', 7);
    assert.deepEqual(shown.shown, told);
    const refused = recordSettlement(shown, progressOf(v1, 43), 'refused', 7);
    assert.deepEqual(refused.shown, told);
    assert.equal(recordSettlement(refused, cardDeleteOf(v1), 'accepted', 7).shown, null);
  });

  test('keeps a completion until ntfy has it, and then that its card has yet to go', () => {
    const completion = completionOf(v1);
    const requested = recordRequest(record(), completion);
    assert.equal(requested.stage, 'completing');
    assert.deepEqual(requested.finished, completion.kind === 'completion' && completion.torrent);
    assert.equal(recordSettlement(requested, completion, 'accepted', 7).stage, 'completed');
  });

  test('does not remember a completion that was not sent', () => {
    const requested = recordRequest(record(), completionOf(v1));
    const { stage, finished } = recordSettlement(requested, completionOf(v1), 'dropped', 7);
    assert.deepEqual([stage, finished], ['completed', null]);
  });

  test('of a torrent that is gone remembers that its card has yet to go, also over restarts', () => {
    const requested = recordRequest(record({ shown: told }), cardDeleteOf(v1));
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
    test(`while a torrent is ${stage} is ${expected === null ? 'no news' : 'stored'}`, () => {
      assert.equal(recordFinishHook(record({ stage }), 9).finishHookAt, expected);
    });
  }
});

describe('a torrent that is tracked once more', () => {
  test('is listed under that hash', () => {
    const { hash, readdedAs: again } = recordReadded(record(), v2);
    assert.deepEqual([hash, again], [v2, null]);
  });

  test('while it ends is tracked again afterwards', () => {
    const { hash, readdedAs: again } = recordReadded(record({ stage: 'completed' }), v2);
    assert.deepEqual([hash, again], [v1, v2]);
  });
});
