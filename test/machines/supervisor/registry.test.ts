import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRegistry, drop, find, renamingOf, save } from '../../../machines/supervisor/registry.ts';
import type { RecordEvent } from '../../../machines/supervisor/types.ts';
import type { Registry } from '../../../machines/supervisor/registry.ts';
import { createRecord } from '../../../machines/torrent/record.ts';
import type { Hash, TorrentRecord } from '../../../machines/domain.ts';
import { hashOf } from '../fixtures.ts';

const [v1, v2, third] = [hashOf(1), hashOf(2), hashOf(3)];
const told = { percent: 42, phase: 'downloading' } as const;

const record = (key: Hash, over: Partial<TorrentRecord> = {}): TorrentRecord => ({
  ...createRecord(key, 7),
  ...over,
});

const keys = ({ records }: Registry) => [...records.keys()];

describe('a record', () => {
  test('is found by the hash it was tracked under and by the ID it has now', () => {
    const registry = createRegistry([record(v1, { hash: v2 })]);
    assert.equal(find(registry, v1)?.key, v1);
    assert.equal(find(registry, v2)?.key, v1);
    assert.equal(find(registry, third), undefined);
  });

  test('is found by no hash at all once it is dropped', () => {
    const registry = createRegistry([record(v1, { hash: v2 })]);
    assert.equal(drop(registry, v1)?.hash, v2);
    assert.equal(find(registry, v1), undefined);
    assert.equal(find(registry, v2), undefined);
    assert.equal(registry.aliases.size, 0);
  });

  test('is written through: each change, and that it is deleted', () => {
    const written: RecordEvent[] = [];
    const registry = createRegistry([record(v1)], (event) => void written.push(event));
    save(registry, record(v1, { shown: told }));
    drop(registry, v1);
    assert.deepEqual(written, [
      { type: 'record.save', record: record(v1, { shown: told }) },
      { type: 'record.delete', key: v1 },
    ]);
  });

  test('replaces the one with its key', () => {
    const registry = createRegistry([record(v1)]);
    save(registry, record(v1, { shown: told }));
    assert.deepEqual(keys(registry), [v1]);
    assert.deepEqual(find(registry, v1)?.shown, told);
  });
});

/** What a new ID means; one that is just new is stored, as the torrent does it. */
function rename(registry: Registry, from: Hash, to: Hash) {
  const renaming = renamingOf(registry, from, to);
  if (renaming.kind === 'renamed') save(registry, { ...renaming.record, hash: to });
  return renaming;
}

describe('a new ID', () => {
  test('is noted, while key, card and age stay', () => {
    const registry = createRegistry([record(v1, { shown: told })]);
    const renaming = rename(registry, v1, v2);
    assert.deepEqual(renaming, { kind: 'renamed', record: record(v1, { shown: told }) });
    assert.deepEqual(find(registry, v1), record(v1, { hash: v2, shown: told }));
    assert.equal(find(registry, v2)?.key, v1);
  });

  test('that it has already changes nothing', () => {
    const registry = createRegistry([record(v1, { hash: v2 })]);
    assert.deepEqual(rename(registry, v1, v2), { kind: 'same' });
    assert.deepEqual(rename(registry, v2, v2), { kind: 'same' });
  });

  test('of a torrent that nobody tracks changes nothing', () => {
    assert.deepEqual(rename(createRegistry(), v1, v2), { kind: 'same' });
  });

  test('that is tracked too makes one of the two, and says which one is given up', () => {
    const registry = createRegistry([record(v1, { shown: told }), record(v2)]);
    assert.deepEqual(rename(registry, v1, v2), {
      kind: 'merged',
      dropped: record(v1, { shown: told }),
      record: record(v2),
    });
    drop(registry, v1);
    assert.deepEqual(keys(registry), [v2]);
    assert.equal(find(registry, v1), undefined);
  });

  test('that is the old one again keeps the record', () => {
    const registry = createRegistry([record(v1, { hash: v2, shown: told })]);
    assert.equal(rename(registry, v2, v1).kind, 'renamed');
    assert.deepEqual(find(registry, v1), record(v1, { shown: told }));
    assert.equal(registry.aliases.size, 0);
  });

  test('may change a second time: the one in between is forgotten', () => {
    const registry = createRegistry([record(v1, { hash: v2 })]);
    rename(registry, v2, third);
    assert.equal(find(registry, third)?.key, v1);
    assert.deepEqual([...registry.aliases], [[third, v1]]);
  });
});
