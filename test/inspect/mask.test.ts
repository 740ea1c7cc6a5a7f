import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig } from '../../src/config/index.ts';
import { createMask, secretsOf } from '../../src/development/mask.ts';
import { hashOf } from '../machines/fixtures.ts';

const SECRET = 'xyzzy-planted';
const mask = createMask(() => [SECRET]);

describe('the mask', () => {
  test('leaves text without a secret unchanged', () => {
    const value = { a: 1, b: [true, null, 'text'], c: { d: 'polling.downloading' }, key: hashOf(1) };
    assert.deepEqual(mask(value), value);
    assert.equal(mask(undefined), undefined);
  });

  test('hides a secret in plain, URL-encoded and Base64 form, as part of a text, and as a name', () => {
    const mask = createMask(() => ['pä ss/wörd']);
    const shown = mask({
      a: 'http://x/?p=p%C3%A4%20ss%2Fw%C3%B6rd&q=1',
      b: `Basic ${Buffer.from('pä ss/wörd').toString('base64')}`,
      c: ['(pä ss/wörd)'],
      'pä ss/wörd': 1,
      d: new Error('refused: pä ss/wörd'),
    });
    assert.deepEqual(shown, {
      a: '***',
      b: '***',
      c: ['***'],
      '***': 1,
      d: { name: 'Error', message: '***' },
    });
  });

  test('never throws, whatever its input', () => {
    const bomb = {
      get value(): never {
        throw new Error('not to be read');
      },
    };
    assert.equal(mask(bomb), '***');
    assert.deepEqual(mask([1n, Symbol('x')]), ['1', 'Symbol(x)']);
  });

  test('ends on circular, deep and large values', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    assert.match(JSON.stringify(mask(circle)), /…/);
    const many = mask(Array.from({ length: 5000 }, (_, index) => index)) as unknown[];
    assert.equal(many.length, 101);
    assert.equal(many.at(-1), '… 4900 more');
    assert.deepEqual(mask({ a: new Map([[1, SECRET]]), b: new Set([SECRET]), c: () => SECRET }), {
      a: 'Map (1)',
      b: 'Set (1)',
      c: undefined,
    });
  });
});

test('a secret from a file stays masked after the file was changed', () => {
  let content = 'first-password';
  const parsed = parseConfig(
    {
      QBIT_USER: 'admin',
      QBIT_PASS_FILE: '/run/pass',
      NTFY_TOPIC: 'topic-1',
      NTFY_USER: 'u',
      NTFY_PASS: 'p:1',
    },
    () => content,
  );
  assert.ok(parsed.ok);
  const hide = createMask(secretsOf(parsed.config));
  assert.equal(hide('first-password'), '***');
  content = 'second-password';
  assert.deepEqual(hide(['first-password', 'second-password', 'topic-1', btoa('u:p:1')]), [
    '***',
    '***',
    '***',
    '***',
  ]);
});

test('the topic of the buttons, its token and the key of their signatures are masked', () => {
  const key = 'planted-key-of-at-least-32-characters';
  const parsed = parseConfig(
    {
      NTFY_TOPIC: 'topic-1',
      COMMAND_TOPIC: 'https://phone.example/topic-2',
      COMMAND_TOKEN: 'tk_1',
      COMMAND_SECRET_FILE: '/k',
    },
    () => key,
  );
  assert.ok(parsed.ok);
  const hide = createMask(secretsOf(parsed.config));
  for (const text of ['topic-1', 'https://phone.example/topic-2', 'Bearer tk_1', key])
    assert.equal(hide(text), '***');
});

test("a proxy's password is masked, as in the address and as it is sent", () => {
  const parsed = parseConfig({
    NTFY_TOPIC: 'https://ntfy.example.org/topic-1',
    HTTPS_PROXY: 'http://user:p%40ss-1@proxy:3128',
  });
  assert.ok(parsed.ok);
  const hide = createMask(secretsOf(parsed.config));
  for (const text of ['p%40ss-1', 'p@ss-1', btoa('user:p@ss-1')]) assert.equal(hide(`x ${text}`), '***');
  assert.equal(hide('proxy:3128'), 'proxy:3128');
});
