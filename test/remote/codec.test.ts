import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { BUTTON_ACTIONS, BUTTON_CARDS } from '../../machines/remote/types.ts';
import type { Command } from '../../machines/remote/types.ts';
import { secret } from '../../src/util/secret.ts';
import { key } from '../ntfy/cards.ts';
import { codecOf, command, NOW } from './commands.ts';

const KEY = 'k'.repeat(43);
const LONGEST_INSTANCE = 'a-very_long-name18';
const codec = codecOf();
const signed = codec.sign(command);

const reasonOf = (text: string, now = NOW, reader = codec) => {
  const read = reader.read(text, now);
  return read.ok ? 'ok' : read.reason;
};

/** A payload that is signed with the right key. */
function signedPayload(payload: unknown): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const head = `v1.${Buffer.from(text).toString('base64url')}`;
  return `${head}.${createHmac('sha256', KEY).update(head).digest('base64url')}`;
}

test('what was signed is read back', () => {
  const hashes = fc.uint8Array({ minLength: 20, maxLength: 20 });
  const keys = fc.oneof(
    fc.constantFrom('qbittorrent', 'store', 'rules', 'topic'),
    hashes.map((bytes) => Buffer.from(bytes).toString('hex')),
  );
  const parts = {
    action: fc.constantFrom(...BUTTON_ACTIONS),
    card: fc.constantFrom(...BUTTON_CARDS),
    key: keys,
    round: fc.maxSafeNat(),
    serial: fc.maxSafeNat(),
    expiresAt: fc.integer({ min: NOW / 1000 + 1, max: 9_999_999_999 }).map((seconds) => seconds * 1000),
  };
  const commands: fc.Arbitrary<Command> = fc.record(parts, { noNullPrototype: true });
  fc.assert(
    fc.property(commands, fc.constantFrom(null, 'a1B_-x9z'), (one, era) => {
      const own = codecOf({ era, instance: LONGEST_INSTANCE });
      const text = own.sign(one);
      assert.match(text, /^v1\.[\w-]+\.[\w-]{43}$/);
      assert.ok(text.length <= 320, text);
      assert.deepEqual(own.read(text, NOW), { ok: true, command: one });
      assert.equal(own.sign({ ...one }), text, 'an unchanged card is not sent again');
    }),
    { numRuns: 500 },
  );
});

test('the payload is a compact array of instance, card, key, round, serial, action, expiry in seconds and era', () => {
  const payload = Buffer.from(signed.split('.')[1] ?? '', 'base64url').toString();
  assert.equal(payload, `["qbit-0a1b2c","progress","${key}",1795000000000,7,"pause",1795530750,null]`);
  assert.equal(signed, signedPayload(payload));
});

describe('a command has no effect', () => {
  test('if any character of it is another one, or a byte of it is', () => {
    let count = 0;
    for (let at = 0; at < signed.length; at += 1) {
      for (let code = 0; code < 256; code += 1) {
        if (code === signed.charCodeAt(at)) continue;
        const changed = signed.slice(0, at) + String.fromCharCode(code) + signed.slice(at + 1);
        assert.equal(codec.read(changed, NOW).ok, false, JSON.stringify(changed));
        count += 1;
      }
      for (const other of ['\u{1f600}', '\u0142', String.fromCharCode(signed.charCodeAt(at) + 256)])
        assert.equal(codec.read(signed.slice(0, at) + other + signed.slice(at + 1), NOW).ok, false);
    }
    assert.equal(count, signed.length * 255);
  });

  test('if it is truncated at either end, at any length', () => {
    for (let length = 0; length < signed.length; length += 1) {
      assert.equal(codec.read(signed.slice(0, length), NOW).ok, false);
      assert.equal(codec.read(signed.slice(signed.length - length), NOW).ok, false);
    }
  });

  test('if anything is inserted, be it padding or white space', () => {
    const inserted = [
      '=',
      '==',
      ' ',
      '\n',
      '\r\n',
      '\t',
      '\0',
      '\u200b',
      '\ufeff',
      'A',
      '.',
      '+',
      '/',
      '%20',
    ];
    for (let at = 0; at <= signed.length; at += 1) {
      for (const text of inserted) {
        const changed = signed.slice(0, at) + text + signed.slice(at);
        assert.equal(codec.read(changed, NOW).ok, false, JSON.stringify(changed));
      }
    }
    assert.equal(reasonOf(signed + signed), 'malformed');
    assert.equal(reasonOf(signed.toUpperCase()), 'malformed');
    assert.equal(reasonOf(signed.replace('v1', 'v2')), 'malformed');
  });

  test('if the same bytes are encoded in another way', () => {
    const [, payload = '', mac = ''] = signed.split('.');
    // The last character of 32 bytes has two bits that mean nothing.
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const at = last.indexOf(mac.slice(-1));
    for (const offset of [1, 2, 3]) {
      const alias = mac.slice(0, -1) + (last[(at & ~3) | ((at + offset) & 3)] ?? '');
      assert.deepEqual(Buffer.from(alias, 'base64url'), Buffer.from(mac, 'base64url'));
      assert.equal(reasonOf(`v1.${payload}.${alias}`), 'signature');
    }
    const base64 = Buffer.from(mac, 'base64url').toString('base64');
    assert.equal(reasonOf(`v1.${payload}.${base64}`), 'malformed');
  });

  test('if it was signed with another key', () => {
    for (const other of ['K'.repeat(43), 'k'.repeat(42), '', `${KEY}\n`])
      assert.equal(reasonOf(codecOf({ secret: secret(other) }).sign(command)), 'signature');
  });

  test('if it is of another sidecar with the same key', () => {
    assert.equal(reasonOf(codecOf({ instance: 'qbit-0a1b2d' }).sign(command)), 'foreign');
    assert.equal(reasonOf(codecOf({ instance: '' }).sign(command)), 'foreign');
  });

  test('if it is too old, to the second', () => {
    assert.equal(reasonOf(signed, command.expiresAt - 1), 'ok');
    assert.equal(reasonOf(signed, command.expiresAt), 'expired');
    assert.equal(reasonOf(codec.sign({ ...command, expiresAt: NOW + 1999 }), NOW + 1000), 'expired');
    assert.equal(reasonOf(codec.sign({ ...command, expiresAt: 0 })), 'expired');
  });

  test('if it is of an earlier run of a process without a folder for its state', () => {
    const [first, second] = [codecOf({ era: 'one' }), codecOf({ era: 'two' })];
    assert.equal(reasonOf(first.sign(command), NOW, first), 'ok');
    assert.equal(reasonOf(first.sign(command), NOW, second), 'expired');
    assert.equal(reasonOf(first.sign(command)), 'expired');
    assert.equal(reasonOf(signed, NOW, first), 'expired');
  });

  test('if its payload is not one of this version, whoever signed it', () => {
    const payload = ['qbit-0a1b2c', 'progress', key, 1, 2, 'pause', NOW / 1000 + 60, null];
    assert.equal(reasonOf(signedPayload(payload)), 'ok');
    const changes: Array<[index: number, value: unknown]> = [
      [0, 1],
      [1, 'completion'],
      [2, 'all'],
      [2, key.toUpperCase()],
      [2, `${key}|${key}`],
      [2, ''],
      [3, -1],
      [3, 1.5],
      [4, '2'],
      [4, 2 ** 60],
      [5, 'deleteEverything'],
      [5, 'toString'],
      [6, null],
      [7, 5],
    ];
    for (const [index, value] of changes)
      assert.equal(reasonOf(signedPayload(payload.with(index, value as string))), 'malformed', `${index}`);
    for (const other of [payload.slice(0, 7), [...payload, 0], {}, null, '', '[', '[]', '__proto__'])
      assert.equal(reasonOf(signedPayload(other)), 'malformed', JSON.stringify(other));
  });
});

describe('junk is malformed', () => {
  test('in any amount and of any bytes', () => {
    const texts = [
      '',
      '.',
      '..',
      'v1',
      'v1.',
      'v1..',
      'pause',
      signed.repeat(400),
      'v1.'.repeat(30_000),
      `v1.${'A'.repeat(100_000)}.${'A'.repeat(43)}`,
      'x'.repeat(100_000),
      '\0'.repeat(300),
      randomBytes(300).toString('latin1'),
      `v1.${'['.repeat(200)}.${'A'.repeat(43)}`,
      '\ud800'.repeat(100),
    ];
    for (const text of texts) assert.equal(reasonOf(text), 'malformed', JSON.stringify(text.slice(0, 80)));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => reasonOf(text) !== 'ok'));
  });

  test('of more than 512 characters without any work: only its length is read', () => {
    const long = new Proxy(
      { length: 513 },
      {
        get(target, name) {
          assert.equal(name, 'length');
          return target.length;
        },
      },
    );
    assert.equal(reasonOf(long as unknown as string), 'malformed');
  });
});

test('the key of a codec is not printed', () => {
  for (const text of [JSON.stringify(codec), inspect(codec, { depth: 9, showHidden: true })])
    assert.doesNotMatch(text, /kkkk/);
});
