import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CardState, Observation, TorrentRecord } from '../../machines/domain.ts';
import { UNKNOWN_FIELDS } from '../../machines/routing/fields.ts';
import {
  completing,
  fill,
  following,
  hashOf,
  observation,
  open,
  reopen,
  tempDir,
  withFile,
} from './fixtures.ts';

describe('a record of another version', () => {
  test('keeps unknown fields', (t) => {
    const dir = tempDir(t);
    const { finished } = completing(1);
    const record = { ...completing(1), extra: 'good', finished: finished && { ...finished, seeds: 3 } };
    fill(dir, [record]);
    assert.deepEqual(reopen(dir).records, [record]);
  });

  test('gets the fields that are missing', (t) => {
    const dir = tempDir(t);
    const older = { ...following(1), alert: undefined, sounded: undefined };
    fill(dir, [older as unknown as TorrentRecord]);
    assert.deepEqual(reopen(dir).records, [following(1)]);
  });

  test('has no time of arrival when none was stored', (t) => {
    const dir = tempDir(t);
    const card = { percent: 50, phase: 'downloading' } as const;
    const estimate = { arrival: 9, at: 5, corrections: 2 };
    const invalid = { ...card, estimate: { arrival: 'soon', at: null } };
    fill(dir, [
      following(1, { shown: card }),
      following(2, { shown: { ...card, estimate } }),
      following(3, { shown: invalid as unknown as CardState }),
    ]);
    assert.deepEqual(
      reopen(dir).records.map((record) => record.shown),
      [card, { ...card, estimate }, { ...card, estimate: { arrival: null, at: 0, corrections: 0 } }],
    );
  });

  test('loses only values that cannot be parsed', (t) => {
    const dir = tempDir(t);
    const invalid = {
      ...following(1),
      shown: { percent: 50, phase: 'dancing' },
      alert: 'bored',
      sounded: { stalled: 'loud' },
      since: null,
    };
    fill(dir, [invalid as unknown as TorrentRecord]);
    assert.deepEqual(reopen(dir).records, [
      following(1, { shown: { percent: 50, phase: 'unknown' }, since: 0 }),
    ]);
  });

  test('has a completion with unknown category, tags, tracker, path and privacy where they are invalid', (t) => {
    const dir = tempDir(t);
    const stored = observation(1, {
      category: 'films/4k',
      tags: ['a', 'b c'],
      tracker: 'tracker.example',
      path: '/films',
      private: true,
    });
    const invalid = { category: 1, tags: ['a', 2], tracker: {}, path: false, private: 'yes' };
    fill(dir, [
      completing(1, { finished: stored }),
      completing(2, { finished: { ...observation(2), ...(invalid as unknown as Partial<Observation>) } }),
    ]);
    assert.deepEqual(
      reopen(dir).records.map(({ finished }) => finished),
      [stored, observation(2, UNKNOWN_FIELDS)],
    );
  });

  test('that is complete but has no observation is polled again', (t) => {
    const dir = tempDir(t);
    fill(dir, [completing(1, { finished: null })]);
    assert.deepEqual(reopen(dir).records, [following(1)]);
  });

  test('is ignored, counted in one log line and kept in the file when its stage is unknown', (t) => {
    const dir = tempDir(t);
    const invalid = { ...following(1), stage: 'dreaming' } as unknown as TorrentRecord;
    fill(dir, [invalid, { ...invalid, key: hashOf(3) }, following(2)]);
    const { store, lines } = open(dir);
    store.close();
    assert.deepEqual(store.records, [following(2)]);
    assert.deepEqual(store.health, { kind: 'disk', problem: null });
    assert.deepEqual(
      lines.map(({ level, ...line }) => ({ level, count: 'count' in line && line.count })),
      [{ level: 'warn', count: 2 }],
    );
    assert.equal(
      withFile(dir, (file) => file.prepare('SELECT count(*) n FROM records').get()?.['n']),
      3,
    );
  });
});
