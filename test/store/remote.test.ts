/** What is stored for buttons, and what of it can be of any type. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AcceptedPress, RemoteRecord } from '../../machines/remote/types.ts';
import { prepareSigning } from '../../src/remote/secret.ts';
import { restoredRemote, saveRemoteChange } from '../../src/store/remote.ts';
import { fill, following, hashOf, open, reopen, tempDir } from './fixtures.ts';

const NOW = 1_795_000_000_000;

const press: AcceptedPress = {
  command: {
    action: 'pause',
    card: 'progress',
    key: hashOf(1),
    round: NOW,
    serial: 1,
    expiresAt: NOW + 86_400_000,
  },
  acceptedAt: NOW,
  isDone: false,
};

const cursor = { id: 'abcdefghijkl', at: NOW };

const remote: RemoteRecord = {
  round: NOW,
  addedAt: 1_795_000_000,
  serial: 3,
  progress: { serial: 3, actions: ['pause', 'mute', 'delete'], madeAt: NOW },
  alert: null,
  muted: { percent: 43 },
};

test('presses and the position in the command topic are restored at the next start', (t) => {
  const dir = tempDir(t);
  const { store } = open(dir);
  const done = { ...press, command: { ...press.command, action: 'mute' }, isDone: true } as const;
  for (const each of [press, done, { ...press, isDone: true }])
    saveRemoteChange(store, { type: 'press.save', press: each });
  saveRemoteChange(store, { type: 'cursor.save', cursor });
  store.close();
  assert.deepEqual(restoredRemote(reopen(dir)), { presses: [{ ...press, isDone: true }, done], cursor });
  const next = open(dir).store;
  saveRemoteChange(next, { type: 'press.delete', press: done });
  next.close();
  assert.deepEqual(restoredRemote(reopen(dir)).presses, [{ ...press, isDone: true }]);
});

const { command } = press;

describe('what has a wrong type is not restored', () => {
  const presses: Record<string, unknown> = {
    null: null,
    'a number': 1,
    'a list': [press],
    'no command': { ...press, command: null },
    'a long key': { ...press, command: { ...command, key: 'k'.repeat(65) } },
    'no key': { ...press, command: { ...command, key: '' } },
    'an unknown action': { ...press, command: { ...command, action: '__proto__' } },
    'an unknown card': { ...press, command: { ...command, card: 'toString' } },
    'a round that is no integer': { ...press, command: { ...command, round: 1.5 } },
    'a serial that cannot be increased': { ...press, command: { ...command, serial: 2 ** 53 - 1 } },
    'a negative time': { ...press, acceptedAt: -1 },
    'a time as text': { ...press, command: { ...command, expiresAt: '1' } },
    'no result': { ...press, isDone: 'no' },
  };

  test('presses', (t) => {
    const dir = tempDir(t);
    const named = Object.entries(presses).map(([name, value]) => [`press:${name}`, value] as const);
    fill(dir, [], { ...Object.fromEntries(named), 'press:ok': press });
    assert.deepEqual(restoredRemote(reopen(dir)).presses, [press]);
  });

  test('the position', (t) => {
    for (const value of [
      5,
      null,
      [],
      { id: 5, at: NOW },
      { id: '', at: NOW },
      { id: 'x', at: 'y' },
      { id: 'x' },
    ]) {
      const dir = tempDir(t);
      fill(dir, [], { commandCursor: value });
      assert.equal(restoredRemote(reopen(dir)).cursor, null);
    }
  });

  test('the key: another one is created and stored', (t) => {
    for (const value of [5, null, '', 'short', 'a'.repeat(44), 'a'.repeat(1e6), { key: 'x' }]) {
      const dir = tempDir(t);
      fill(dir, [], { commandKey: value });
      const { store } = open(dir);
      const { secret } = prepareSigning({ store, configured: null });
      assert.match(secret.reveal(), /^[\w-]{43}$/);
      store.close();
      assert.equal(reopen(dir).facts.get('commandKey'), secret.reveal());
    }
  });

  test('the buttons of a torrent: it gets new ones', (t) => {
    const broken: unknown[] = [
      'text',
      [],
      { ...remote, round: -1 },
      { ...remote, round: 1.5 },
      { ...remote, round: 1e308 },
      { ...remote, serial: 2 ** 53 - 1 },
      { ...remote, serial: null },
      { ...remote, addedAt: 'today' },
    ];
    const dir = tempDir(t);
    const records = broken.map((value, n) => ({ ...following(n), remote: value as RemoteRecord }));
    fill(dir, [...records, following(99, { remote })]);
    assert.deepEqual(
      reopen(dir).records.map((record) => record.remote),
      [...broken.map(() => null), remote],
    );
  });

  test('the buttons of one card, and whether it is muted', (t) => {
    const dir = tempDir(t);
    const [progress, muted] = [{ serial: 1, actions: ['format'], madeAt: 1 }, 'yes'] as unknown[];
    fill(dir, [following(1, { remote: { ...remote, progress, muted } as RemoteRecord })]);
    assert.deepEqual(reopen(dir).records[0]?.remote, { ...remote, progress: null, muted: null });
  });
});
