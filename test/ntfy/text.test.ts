import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bar, duration, harmless, size } from '../../src/ntfy/text.ts';
import { decodeWords } from '../../src/simulator/ntfy/params.ts';
import { hostileNames } from './cards.ts';

const bytes = (text: string) => Buffer.byteLength(text);

describe('a name', () => {
  const cases: [title: string, name: string, expected: string][] = [
    [
      'is left as it is',
      'Ubuntu 24.04 (x64) [日本語] — 😀 & "co".iso',
      'Ubuntu 24.04 (x64) [日本語] — 😀 & "co".iso',
    ],
    ['becomes one line', 'a\nb\r\nc\u2028d\u2029e\u0085f\vg', 'a b c d e f g'],
    ['loses control characters', '\0\u001b[31mred\u007f\u009b', '[31mred'],
    ['loses white space around it and keeps one blank within', '  a \t\t b  ', 'a b'],
    ['can not hide its ending by turning the text around', 'invoice\u202egpj.exe', 'invoice gpj.exe'],
    [
      'can not isolate, embed or mark directions',
      'a\u2066b\u2069c\u202ad\u200ee\u200ff\u061cg',
      'a b c d e f g',
    ],
    ['is well-formed where half a character is left', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['of nothing but harm is empty', '\0 \u202e\n\ufeff', ''],
  ];
  for (const [title, name, expected] of cases) {
    test(title, () => assert.equal(harmless(name, 200), expected));
  }

  test('that looks like an encoded word reaches the phone as it was written', () => {
    for (const word of [
      '=?utf-8?q?=41?=',
      '=?UTF-8?B?aGVsbG8=?=',
      'a=?utf-8?Q?a?=b =?utf-8?q?c?=',
      '=?=?utf-8?q?a?=',
    ]) {
      const name = harmless(word, 200);
      assert.equal(decodeWords(name), name);
      assert.equal(name.replaceAll('\u2060', ''), word);
    }
  });

  test('with a question is none of these', () => {
    for (const name of ['who=?', 'a =? b', '=?utf-8?x?a?=']) assert.equal(harmless(name, 200), name);
  });
});

describe('a name that is too long', () => {
  test('is cut and says so, a name that just fits is not', () => {
    assert.equal(harmless('a'.repeat(20), 20), 'a'.repeat(20));
    assert.equal(harmless('a'.repeat(21), 20), `${'a'.repeat(17)}…`);
  });

  test('is measured in bytes, not in characters', () => {
    assert.equal(harmless('ü'.repeat(10), 20), 'ü'.repeat(10));
    assert.equal(harmless('ü'.repeat(11), 20), `${'ü'.repeat(8)}…`);
    assert.equal(harmless('日'.repeat(7), 20), `${'日'.repeat(5)}…`);
  });

  for (const whole of ['😀', '👨‍👩‍👧‍👦', '🇩🇪', '👍🏽', 'e\u0301', 'נּ']) {
    test(`is never cut within ${whole}`, () => {
      for (let limit = bytes(whole) + 3; limit < 120; limit += 1) {
        const text = harmless(whole.repeat(200), limit);
        assert.ok(bytes(text) <= limit, `${bytes(text)} bytes of ${limit}`);
        assert.equal(text.slice(0, -1).replaceAll(whole, ''), '', `cut within ${whole} at ${limit} bytes`);
        assert.equal(text.at(-1), '…');
      }
    });
  }

  test('has no blank before its end', () =>
    assert.equal(harmless(`${'a'.repeat(10)} bcdefghij`, 14), `${'a'.repeat(10)}…`));
});

test('of 2,000 hostile names not one is longer than it may be, has a second line or an odd character', () => {
  for (const [index, name] of hostileNames(2000, 1).entries()) {
    const text = harmless(name, 200);
    const where = `name ${index}: ${JSON.stringify(text)}`;
    assert.ok(bytes(text) <= 200, where);
    assert.ok(text.isWellFormed(), where);
    assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u, where);
    assert.equal(text, text.trim(), where);
    assert.equal(decodeWords(text), text, where);
  }
});

describe('the bar', () => {
  const cases: [percent: number, filled: number][] = [
    [0, 0],
    [9, 0],
    [10, 1],
    [42, 4],
    [95, 9],
    [99, 9],
    [99.99, 9],
    [100, 10],
  ];
  for (const [percent, filled] of cases) {
    test(`has ${filled} of ten at ${percent} %`, () =>
      assert.equal(bar(percent), `[${'█'.repeat(filled)}${'░'.repeat(10 - filled)}]`));
  }

  test('is ten long for every percent, and full only at 100', () => {
    for (let percent = -10; percent <= 110; percent += 1) {
      const drawn = bar(percent);
      assert.match(drawn, /^\[█*░*\]$/);
      assert.equal(drawn.length, 12);
      assert.equal(drawn.includes('░'), percent < 100);
    }
  });
});

describe('a size', () => {
  const cases: [bytes: number, text: string][] = [
    [0, '0 B'],
    [-1, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_300_000, '1.3 MB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [704_000_000, '704 MB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [4_700_000_000, '4.7 GB'],
    [2e12, '2.0 TB'],
    [3e15, '3.0 PB'],
    [4e18, '4000 PB'],
  ];
  for (const [bytes, text] of cases) {
    test(`of ${bytes} bytes is ${text}`, () => assert.equal(size(bytes), text));
  }
});

describe('a time', () => {
  const cases: [seconds: number | null, text: string][] = [
    [null, '∞'],
    [Infinity, '∞'],
    [Number.NaN, '∞'],
    [-5, '0s'],
    [0, '0s'],
    [0.4, '0s'],
    [1, '1s'],
    [59.6, '1m'],
    [60, '1m'],
    [750, '12m 30s'],
    [3600, '1h'],
    [3601, '1h'],
    [5400, '1h 30m'],
    [86_400, '1d'],
    [86_460, '1d'],
    [90_000, '1d 1h'],
    [8_639_999, '99d 23h'],
  ];
  for (const [seconds, text] of cases) {
    test(`of ${seconds} seconds is ${text}`, () => assert.equal(duration(seconds), text));
  }
});
