import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CollectedMember, DigestState } from '../../machines/digest/types.ts';
import { restoredDigests, saveDigestChange } from '../../src/store/digests.ts';
import type { Store } from '../../src/store/index.ts';
import { completing, endOfRun, fill, following, hashOf, open, reopen, tempDir } from './fixtures.ts';
import { spyOnSqlite } from './spy.ts';

const state = (over: Partial<DigestState> = {}): DigestState => ({
  id: 'dt0abcd',
  route: 'default',
  silent: false,
  sentTo: 'default',
  openedAt: 1000,
  lastJoinedAt: 2000,
  deliveredUpTo: 0,
  soundedWith: 0,
  isOpen: true,
  ...over,
});

const member = (order: number, over: Partial<CollectedMember> = {}): CollectedMember => ({
  kind: 'completion',
  key: hashOf(order),
  what: '1700000000',
  name: `torrent ${order} 🎬\u0000\ud800`,
  size: 5,
  percent: 100,
  route: 'default',
  priority: 4,
  order,
  ...over,
});

const join = (store: Store, order: number) => {
  saveDigestChange(store, { type: 'digest.save', digest: state() });
  saveDigestChange(store, { type: 'member.save', id: 'dt0abcd', member: member(order) });
};

describe('the digests', () => {
  test('are read back with their lines in order, also with hostile names', (t) => {
    const dir = tempDir(t);
    const { store } = open(dir);
    for (const order of [1, 10, 2]) join(store, order);
    const recent = { default: [1, 2], 'films.silent': [3] };
    saveDigestChange(store, { type: 'recent.save', recent });
    store.close();
    assert.deepEqual(restoredDigests(reopen(dir)), {
      digests: [{ ...state(), members: [member(1), member(2), member(10)] }],
      recent,
    });
  });

  test('are deleted with all of their lines', (t) => {
    const dir = tempDir(t);
    const { store } = open(dir);
    for (const order of [1, 2, 3]) join(store, order);
    saveDigestChange(store, { type: 'member.delete', id: 'dt0abcd', order: 2 });
    assert.equal(restoredDigests(reopenLater(store, dir)).digests[0]?.members.length, 2);
    const again = open(dir).store;
    saveDigestChange(again, { type: 'digest.delete', id: 'dt0abcd', orders: [1, 3] });
    const { facts } = reopenLater(again, dir);
    assert.deepEqual(
      [...facts.keys()].filter((name) => name.startsWith('digest')),
      [],
    );
  });

  test('are read without what cannot be parsed, and a line without its digest is ignored', (t) => {
    const dir = tempDir(t);
    fill(dir, [], {
      'digest:d1': state({ id: 'd1' }),
      'digest:d1:1': member(1),
      'digest:d1:2': { ...member(2), order: -1 },
      'digest:d1:3': 'nonsense',
      'digest:d2': { ...state({ id: 'd2' }), openedAt: 'yesterday' },
      'digest:d2:1': member(1),
      'digest:d3:1': member(1),
      'digest:d4': state({ id: 'd5' }),
      'digest:': null,
      'digest:../x:1:2': member(1),
      recentCompletions: { default: ['a'] },
    });
    const { digests, recent } = restoredDigests(reopen(dir));
    assert.deepEqual(digests, [{ ...state({ id: 'd1' }), members: [member(1)] }]);
    assert.deepEqual(recent, {});
  });
});

function reopenLater(store: Store, dir: string) {
  store.close();
  return reopen(dir);
}

describe('a completion that joins a digest', () => {
  test('is written in one durable transaction with its line', async (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1)]);
    const { store } = open(dir);
    const spy = spyOnSqlite(t);
    join(store, 1);
    store.save(completing(1, { completionCard: 'dt0abcd' }));
    assert.equal(spy.commits(), 0);
    await endOfRun();
    assert.deepEqual([spy.commits(), spy.durable()], [1, 1]);
    store.close();
    const again = reopen(dir);
    assert.equal(again.records[0]?.completionCard, 'dt0abcd');
    assert.equal(restoredDigests(again).digests[0]?.members.length, 1);
  });

  test('of a thousand is one transaction', async (t) => {
    const dir = tempDir(t);
    const numbers = Array.from({ length: 1000 }, (_, index) => index + 1);
    fill(
      dir,
      numbers.map((n) => following(n)),
    );
    const { store } = open(dir);
    const spy = spyOnSqlite(t);
    for (const n of numbers) {
      join(store, n);
      store.save(completing(n, { completionCard: 'dt0abcd' }));
    }
    await endOfRun();
    assert.equal(spy.commits(), 1);
    store.close();
    assert.equal(restoredDigests(reopen(dir)).digests[0]?.members.length, 1000);
  });

  test('whose card is not decided, as in a file of an earlier version, has none', (t) => {
    const dir = tempDir(t);
    const before: Partial<ReturnType<typeof completing>> = completing(1);
    delete before.completionCard;
    fill(dir, [before as ReturnType<typeof completing>]);
    assert.equal(reopen(dir).records[0]?.completionCard, null);
  });
});
