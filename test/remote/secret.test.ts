import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { signingKey } from '../../src/config/values.ts';
import { createCodec } from '../../src/remote/codec.ts';
import { prepareSigning } from '../../src/remote/secret.ts';
import { restoredState } from '../../src/store/index.ts';
import type { Store } from '../../src/store/index.ts';
import { secret } from '../../src/util/secret.ts';
import { open, tempDir } from '../store/fixtures.ts';
import { spyOnSqlite } from '../store/spy.ts';
import { command, NOW } from './commands.ts';

type SigningStore = Parameters<typeof prepareSigning>[0]['store'];

const signingOf = (store: SigningStore) => prepareSigning({ store, configured: null });
const codecOf = (store: SigningStore, configured: string | null = null) =>
  createCodec({
    ...prepareSigning({ store, configured: configured === null ? null : secret(configured) }),
    instance: 'qbit',
  });

/** A store with this key. */
const storeWith = (key: unknown, kind: Store['health']['kind'] = 'disk') => {
  const set: unknown[] = [];
  const store: SigningStore = {
    facts: new Map(key === undefined ? [] : [['commandKey', key]]),
    setFact: (name, value) => void (name === 'commandKey' && set.push(value)),
    health: kind === 'disk' ? { kind, problem: null } : { kind, problem: 'the disk is full' },
  };
  return { store, set };
};

describe('the key', () => {
  test('is 32 random bytes, and the same after a restart: its buttons work then', (t) => {
    const dir = tempDir(t);
    const first = open(dir).store;
    const signing = signingOf(first);
    const { secret: key, era } = signing;
    const text = createCodec({ ...signing, instance: 'qbit' }).sign(command);
    first.close();
    const next = open(dir).store;
    assert.equal(signingOf(next).secret.reveal(), key.reveal());
    assert.equal(Buffer.from(key.reveal(), 'base64url').byteLength, 32);
    assert.equal(era, null);
    assert.deepEqual(codecOf(next).read(text, NOW), { ok: true, command });
    assert.equal(JSON.stringify(restoredState(next)).includes(key.reveal()), false, 'no machine sees it');
    next.close();
    const other = open(tempDir(t)).store;
    assert.notEqual(signingOf(other).secret.reveal(), key.reveal());
    other.close();
  });

  test('is replaced if the stored one is damaged', () => {
    const good = Buffer.alloc(32, 7).toString('base64url');
    assert.equal(signingOf(storeWith(good).store).secret.reveal(), good);
    for (const damaged of [
      undefined,
      null,
      '',
      5,
      {},
      [good],
      good.slice(1),
      `${good}A`,
      `${good.slice(1)}!`,
    ]) {
      const { store, set } = storeWith(damaged);
      const { secret: key } = signingOf(store);
      assert.match(key.reveal(), /^[\w-]{43}$/);
      assert.deepEqual(set, [key.reveal()]);
    }
  });

  test('of the settings is not stored, and works with and without a store', () => {
    const configured = 'c'.repeat(32);
    const { store, set } = storeWith(undefined);
    const text = codecOf(store, configured).sign(command);
    assert.deepEqual(set, []);
    assert.equal(codecOf(storeWith('x').store, configured).read(text, NOW).ok, true);
    assert.equal(codecOf(storeWith('x').store, 'd'.repeat(32)).read(text, NOW).ok, false);
  });

  test('of the settings needs 32 characters', () => {
    assert.equal(signingKey.safeParse('x'.repeat(31)).success, false);
    assert.equal(signingKey.safeParse('x'.repeat(32)).success, true);
  });

  test('is never printed', () => {
    const signing = signingOf(storeWith(undefined).store);
    for (const text of [JSON.stringify(signing), inspect(signing, { depth: 9 }), String(signing.secret)])
      assert.equal(text.includes(signing.secret.reveal()), false);
  });
});

const isNew = (dir: string, configured: string | null = null): boolean => {
  const { store } = open(dir);
  const signing = prepareSigning({ store, configured: configured === null ? null : secret(configured) });
  store.close();
  return signing.isNew;
};

describe('buttons of earlier processes', () => {
  test('are invalid with the first key, and with each other one', (t) => {
    const dir = tempDir(t);
    const keys = [null, null, 'c'.repeat(32), 'c'.repeat(32), 'd'.repeat(32), null, null];
    assert.deepEqual(
      keys.map((key) => isNew(dir, key)),
      [true, false, true, false, true, true, false],
    );
  });

  test('are invalid if nothing can be stored any more, which only a write shows: they are maybe consumed', (t) => {
    const dir = tempDir(t);
    const first = open(dir).store;
    const text = codecOf(first).sign(command);
    first.close();
    const spy = spyOnSqlite(t);
    const full = open(dir).store;
    spy.database().exec('PRAGMA query_only = ON');
    assert.equal(full.health.kind, 'disk');
    const codec = codecOf(full);
    assert.equal(full.health.kind, 'memory');
    assert.deepEqual(codec.read(text, NOW), { ok: false, reason: 'expired' });
    assert.equal(codec.read(codec.sign(command), NOW).ok, true);
    full.close();
  });
});

describe('without a place to store consumed presses', () => {
  test('commands end with the process, also with a key of the settings', () => {
    for (const configured of [null, 'c'.repeat(32)]) {
      const { store } = storeWith(undefined, 'memory');
      const [first, second] = [codecOf(store, configured), codecOf(store, configured)];
      const text = first.sign(command);
      assert.equal(first.read(text, NOW).ok, true);
      assert.equal(second.read(text, NOW).ok, false);
    }
  });
});
