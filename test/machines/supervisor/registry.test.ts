import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRegistry, drop, find, renamingOf, save } from '../../../machines/supervisor/registry.ts';
import type { RecordEvent } from '../../../machines/supervisor/types.ts';
import type { Registry } from '../../../machines/supervisor/registry.ts';
import { createRecord } from '../../../machines/torrent/record.ts';
import type { Hash, TorrentRecord } from '../../../machines/domain.ts';
import { hashOf } from '../fixtures.ts';

const [v1, v2, third] = [hashOf(1), hashOf(2), hashOf(3)];
const card = { percent: 42, phase: 'downloading' } as const;

const record = (key: Hash, over: Partial<TorrentRecord> = {}): TorrentRecord => ({
  ...createRecord(key, 7),
  ...over,
});

const keys = ({ records }: Registry) => [...records.keys()];

describe('a record', () => {
  test('is found by the hash that it was tracked by and by its current ID', () => {
    const registry = createRegistry([record(v1, { hash: v2 })]);
    assert.equal(find(registry, v1)?.key, v1);
    assert.equal(find(registry, v2)?.key, v1);
    assert.equal(find(registry, third), undefined);
  });

  test('is found by none of its hashes once it is dropped', () => {
    const registry = createRegistry([record(v1, { hash: v2 })]);
    assert.equal(drop(registry, v1)?.hash, v2);
    assert.equal(find(registry, v1), undefined);
    assert.equal(find(registry, v2), undefined);
    assert.equal(registry.aliases.size, 0);
  });

  test('is written through at each change and when it is deleted', () => {
    const written: RecordEvent[] = [];
    const registry = createRegistry([record(v1)], (event) => void written.push(event));
    save(registry, record(v1, { shown: card }));
    drop(registry, v1);
    assert.deepEqual(written, [
      { type: 'record.save', record: record(v1, { shown: card }) },
      { type: 'record.delete', key: v1 },
    ]);
  });

  test('replaces the one with its key', () => {
    const registry = createRegistry([record(v1)]);
    save(registry, record(v1, { shown: card }));
    assert.deepEqual(keys(registry), [v1]);
    assert.deepEqual(find(registry, v1)?.shown, card);
  });
});

/** The result of a new ID; a plain renaming is saved, as the torrent does. */
function rename(registry: Registry, from: Hash, to: Hash) {
  const renaming = renamingOf(registry, from, to);
  if (renaming.kind === 'renamed') save(registry, { ...renaming.record, hash: to });
  return renaming;
}

describe('a new ID', () => {
  test('is stored, and key, card and age stay', () => {
    const registry = createRegistry([record(v1, { shown: card })]);
    const renaming = rename(registry, v1, v2);
    assert.deepEqual(renaming, { kind: 'renamed', record: record(v1, { shown: card }) });
    assert.deepEqual(find(registry, v1), record(v1, { hash: v2, shown: card }));
    assert.equal(find(registry, v2)?.key, v1);
  });

  test('that equals the current one changes nothing', () => {
    const registry = createRegistry([record(v1, { hash: v2 })]);
    assert.deepEqual(rename(registry, v1, v2), { kind: 'same' });
    assert.deepEqual(rename(registry, v2, v2), { kind: 'same' });
  });

  test('of an untracked torrent changes nothing', () => {
    assert.deepEqual(rename(createRegistry(), v1, v2), { kind: 'same' });
  });

  test('that is tracked too merges the two records, and returns the one to drop', () => {
    const registry = createRegistry([record(v1, { shown: card }), record(v2)]);
    assert.deepEqual(rename(registry, v1, v2), {
      kind: 'merged',
      dropped: record(v1, { shown: card }),
      record: record(v2),
    });
    drop(registry, v1);
    assert.deepEqual(keys(registry), [v2]);
    assert.equal(find(registry, v1), undefined);
  });

  test('that equals the first one keeps the record', () => {
    const registry = createRegistry([record(v1, { hash: v2, shown: card })]);
    assert.equal(rename(registry, v2, v1).kind, 'renamed');
    assert.deepEqual(find(registry, v1), record(v1, { shown: card }));
    assert.equal(registry.aliases.size, 0);
  });

  test('may change a second time, and the one in between is dropped', () => {
    const registry = createRegistry([record(v1, { hash: v2 })]);
    rename(registry, v2, third);
    assert.equal(find(registry, third)?.key, v1);
    assert.deepEqual([...registry.aliases], [[third, v1]]);
  });
});
