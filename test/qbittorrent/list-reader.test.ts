import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createListReader } from '../../src/qbittorrent/list-reader.ts';

/** The entries that a reader returns for these pieces; `null` where it reports an invalid list. */
function read(...pieces: string[]): unknown[] | null {
  const entries: unknown[] = [];
  const reader = createListReader((entry) => entries.push(entry));
  for (const piece of pieces) reader.push(piece);
  return reader.isWhole() ? entries : null;
}

/** The pieces of a text, cut at these fractions of its length. */
function cut(text: string, shares: readonly number[]): string[] {
  const at = shares.map((share) => Math.floor(share * text.length)).toSorted((a, b) => a - b);
  return [0, ...at].map((from, n) => text.slice(from, at[n]));
}

describe('a list that arrives in pieces', () => {
  test('is parsed as JSON.parse would parse the whole, whatever it contains and wherever it is cut', () => {
    const list = fc.array(fc.jsonValue(), { maxLength: 6 });
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
    fc.assert(
      fc.property(list, shares, fc.constantFrom(undefined, 1, '\t'), (value, at, space) => {
        const text = JSON.stringify(value, null, space);
        assert.deepEqual(read(...cut(text, at)), JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('is also parsed character by character: names with quotes, brackets, backslashes and characters of any alphabet', () => {
    const names = ['a "b" ]}', 'c\\', '\\"', '{[,', 'x"},{"y', '},{', '名前😀', '', '\u0000\n'];
    const text = ` [${names.map((name) => JSON.stringify({ name, tags: [name, { name }] })).join(' , ')}]\n`;
    assert.deepEqual(read(...text.split('')), JSON.parse(text));
    const tight = JSON.stringify(names.map((name) => ({ name, inner: [{ name }, { name }] })));
    assert.deepEqual(read(tight), JSON.parse(tight));
    assert.deepEqual(read(...tight.split('')), JSON.parse(tight));
  });

  test('returns an entry as soon as it is complete', () => {
    const entries: unknown[] = [];
    const reader = createListReader((entry) => entries.push(entry));
    reader.push('[{"a":1},{"b"');
    assert.deepEqual(entries, [{ a: 1 }]);
    reader.push(':2},');
    assert.deepEqual(entries, [{ a: 1 }, { b: 2 }]);
    assert.ok(!reader.isWhole());
    reader.push('3]');
    assert.ok(reader.isWhole());
  });
});

describe('a reader reports as invalid', () => {
  const texts = [
    '',
    ' ',
    '[',
    '[{}',
    '[{},',
    '[{"a":1}]]',
    '[]x',
    '[}',
    '[{]}',
    '[,]',
    '[{},]',
    '[,{}]',
    '[{} {}]',
    '{}',
    '"[]"',
    'Forbidden',
    '<html>[]</html>',
    '[undefined]',
    '["a]',
    '["a\\"]',
    'null',
    '\uFEFF[]x',
  ];
  for (const text of texts) {
    test(JSON.stringify(text), () => {
      assert.equal(read(text), null);
      assert.equal(read(...text.split('')), null);
    });
  }

  test('a list whose entry never ends: the buffered part is limited', () => {
    const endless = Array.from({ length: 40 }, () => 'x'.repeat(65_536));
    assert.equal(read('["', ...endless, '"]'), null);
  });
});
