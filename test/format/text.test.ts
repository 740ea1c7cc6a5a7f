import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { safeText } from '../../src/format/text.ts';
import { decodeWords } from '../../src/simulator/ntfy/params.ts';
import { hostileNames } from '../ntfy/cards.ts';

const bytes = (text: string) => Buffer.byteLength(text);

describe('a name', () => {
  const cases: [title: string, name: string, expected: string][] = [
    [
      'is not changed',
      'Ubuntu 24.04 (x64) [日本語] — 😀 & "co".iso',
      'Ubuntu 24.04 (x64) [日本語] — 😀 & "co".iso',
    ],
    ['becomes one line', 'a\nb\r\nc\u2028d\u2029e\u0085f\vg', 'a b c d e f g'],
    ['loses control characters', '\0\u001b[31mred\u007f\u009b', '[31mred'],
    ['loses white space around it and keeps one space within', '  a \t\t b  ', 'a b'],
    ['cannot hide its ending by reversing the text', 'invoice\u202egpj.exe', 'invoice gpj.exe'],
    [
      'cannot isolate, embed or mark directions',
      'a\u2066b\u2069c\u202ad\u200ee\u200ff\u061cg',
      'a b c d e f g',
    ],
    ['is well-formed without half characters', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['of unsafe characters only is empty', '\0 \u202e\n\ufeff', ''],
  ];
  for (const [title, name, expected] of cases) {
    test(title, () => assert.equal(safeText(name, 200), expected));
  }

  test('that looks like an encoded word is shown on the phone unchanged', () => {
    for (const word of [
      '=?utf-8?q?=41?=',
      '=?UTF-8?B?aGVsbG8=?=',
      'a=?utf-8?Q?a?=b =?utf-8?q?c?=',
      '=?=?utf-8?q?a?=',
    ]) {
      const name = safeText(word, 200);
      assert.equal(decodeWords(name), name);
      assert.equal(name.replaceAll('\u2060', ''), word);
    }
  });

  test('with a question mark is not an encoded word', () => {
    for (const name of ['who=?', 'a =? b', '=?utf-8?x?a?=']) assert.equal(safeText(name, 200), name);
  });
});

describe('a name that is too long', () => {
  test('is cut and ends with an ellipsis; one that just fits is not cut', () => {
    assert.equal(safeText('a'.repeat(20), 20), 'a'.repeat(20));
    assert.equal(safeText('a'.repeat(21), 20), `${'a'.repeat(17)}…`);
  });

  test('is measured in bytes, not in characters', () => {
    assert.equal(safeText('ü'.repeat(10), 20), 'ü'.repeat(10));
    assert.equal(safeText('ü'.repeat(11), 20), `${'ü'.repeat(8)}…`);
    assert.equal(safeText('日'.repeat(7), 20), `${'日'.repeat(5)}…`);
  });

  for (const whole of ['😀', '👨‍👩‍👧‍👦', '🇩🇪', '👍🏽', 'e\u0301', 'נּ']) {
    test(`is never cut within ${whole}`, () => {
      for (let limit = bytes(whole) + 3; limit < 120; limit += 1) {
        const text = safeText(whole.repeat(200), limit);
        assert.ok(bytes(text) <= limit, `${bytes(text)} bytes of ${limit}`);
        assert.equal(text.slice(0, -1).replaceAll(whole, ''), '', `cut within ${whole} at ${limit} bytes`);
        assert.equal(text.at(-1), '…');
      }
    });
  }

  test('has no space before the ellipsis', () =>
    assert.equal(safeText(`${'a'.repeat(10)} bcdefghij`, 14), `${'a'.repeat(10)}…`));
});

test('2,000 hostile names are within the limit, one line, and without unsafe characters', () => {
  for (const [index, name] of hostileNames(2000, 1).entries()) {
    const text = safeText(name, 200);
    const where = `name ${index}: ${JSON.stringify(text)}`;
    assert.ok(bytes(text) <= 200, where);
    assert.ok(text.isWellFormed(), where);
    assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u, where);
    assert.equal(text, text.trim(), where);
    assert.equal(decodeWords(text), text, where);
  }
});
