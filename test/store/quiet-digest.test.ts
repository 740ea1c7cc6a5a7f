import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredQuietDigest } from '../../machines/quiet/types.ts';
import { restoredQuietDigest, saveQuietDigest } from '../../src/store/quiet-digest.ts';
import { fill, hashOf, open, tempDir } from './fixtures.ts';

const digest: StoredQuietDigest = {
  id: 1_768_000_000,
  members: [
    {
      kind: 'completion',
      key: hashOf(1),
      what: '1768000000',
      name: '日本語 "1".iso',
      size: 704_000_000,
      percent: 100,
      route: 'default',
      priority: 4,
    },
    {
      kind: 'alert',
      key: hashOf(2),
      what: 'stalled',
      name: null,
      size: 0,
      percent: 43,
      route: '0123456789abcdef',
      priority: 5,
    },
  ],
  dropped: { default: 3 },
  announced: [{ kind: 'incident', key: 'qbittorrent', what: 'unreachable', at: 1_768_000_000_000 }],
};

test('the pending digest is restored at the next start, and gone once it was delivered', (t) => {
  const dir = tempDir(t);
  const { store } = open(dir);
  assert.equal(restoredQuietDigest(store), null);
  saveQuietDigest(store, digest);
  store.close();
  const next = open(dir).store;
  assert.deepEqual(restoredQuietDigest(next), digest);
  saveQuietDigest(next, null);
  next.close();
  const last = open(dir).store;
  assert.equal(restoredQuietDigest(last), null);
  last.close();
});

test('what cannot be parsed of it is ignored, and the rest is restored', (t) => {
  const [first] = digest.members;
  const cases: [stored: unknown, restored: StoredQuietDigest | null][] = [
    ['loud', null],
    [[], null],
    [{}, { id: null, members: [], dropped: {}, announced: [] }],
    [
      { id: -1, members: [first, { kind: 'progress' }, 1, null], dropped: 7, announced: [{ kind: 'alert' }] },
      { id: null, members: first === undefined ? [] : [first], dropped: {}, announced: [] },
    ],
    [
      { members: [{ ...first, priority: 9, size: -1, percent: '43', name: 7 }] },
      {
        id: null,
        members: first === undefined ? [] : [{ ...first, priority: 4, size: 0, percent: 0, name: null }],
        dropped: {},
        announced: [],
      },
    ],
  ];
  for (const [stored, restored] of cases) {
    const dir = tempDir(t);
    fill(dir, [], { quietDigest: stored });
    const { store } = open(dir);
    assert.deepEqual(restoredQuietDigest(store), restored, JSON.stringify(stored));
    store.close();
  }
});
