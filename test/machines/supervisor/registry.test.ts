import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  createRecord,
  createRegistry,
  drop,
  find,
  recordRequest,
  recordSettlement,
  put,
  rename,
} from '../../../machines/supervisor/registry.ts';
import type { Registry } from '../../../machines/supervisor/registry.ts';
import type { Hash, TorrentRecord } from '../../../machines/domain.ts';
import { completionOf, hashOf, progressOf } from '../fixtures.ts';

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

  test('remembers what the phone shows, and that it shows nothing any more', () => {
    const registry = createRegistry([record(v1)]);
    recordSettlement(registry, progressOf(v1, 42), 'accepted', 7);
    assert.deepEqual(find(registry, v1)?.told, told);
    recordSettlement(registry, progressOf(v1, 43), 'refused', 7);
    assert.deepEqual(find(registry, v1)?.told, told);
    recordSettlement(registry, { kind: 'dismissal', key: v1, shown: true, alerted: false }, 'accepted', 7);
    assert.equal(find(registry, v1)?.told, null);
  });

  test('does not come back to life when something is noted of it too late', () => {
    const registry = createRegistry();
    recordSettlement(registry, progressOf(v1, 42), 'accepted', 7);
    assert.deepEqual(keys(registry), []);
    assert.equal(drop(registry, v1), undefined);
  });

  test('keeps a completion until ntfy has it, and then that its card has yet to go', () => {
    const registry = createRegistry([record(v1)]);
    const completion = completionOf(v1);
    recordRequest(registry, completion);
    assert.equal(find(registry, v1)?.stage, 'completing');
    assert.deepEqual(find(registry, v1)?.finished, completion.kind === 'completion' && completion.torrent);
    recordSettlement(registry, completion, 'accepted', 7);
    assert.equal(find(registry, v1)?.stage, 'dismissing');
  });

  test('of a torrent that is gone remembers that its card has yet to go', () => {
    const registry = createRegistry([record(v1, { told })]);
    recordRequest(registry, { kind: 'dismissal', key: v1, shown: true, alerted: false });
    assert.equal(find(registry, v1)?.stage, 'withdrawing');
  });

  test('replaces the one with its key', () => {
    const registry = createRegistry([record(v1)]);
    put(registry, record(v1, { told }));
    assert.deepEqual(keys(registry), [v1]);
    assert.deepEqual(find(registry, v1)?.told, told);
  });
});

describe('a new ID', () => {
  test('is noted, while key, card and age stay', () => {
    const registry = createRegistry([record(v1, { told })]);
    const renaming = rename(registry, v1, v2);
    assert.deepEqual(renaming, { kind: 'renamed', record: record(v1, { hash: v2, told }) });
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
    const registry = createRegistry([record(v1, { told }), record(v2)]);
    assert.deepEqual(rename(registry, v1, v2), {
      kind: 'merged',
      dropped: record(v1, { told }),
      again: null,
    });
    assert.deepEqual(keys(registry), [v2]);
    assert.equal(find(registry, v1), undefined);
  });

  test('that is the old one again keeps the record', () => {
    const registry = createRegistry([record(v1, { hash: v2, told })]);
    assert.equal(rename(registry, v2, v1).kind, 'renamed');
    assert.deepEqual(find(registry, v1), record(v1, { told }));
    assert.equal(registry.aliases.size, 0);
  });

  test('may change a second time: the one in between is forgotten', () => {
    const registry = createRegistry([record(v1, { hash: v2 })]);
    rename(registry, v2, third);
    assert.equal(find(registry, third)?.key, v1);
    assert.deepEqual([...registry.aliases], [[third, v1]]);
  });
});
