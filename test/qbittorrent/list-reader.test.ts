import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createListReader } from '../../src/qbittorrent/list-reader.ts';

/** What a reader makes of these pieces; `null` where it says that they are no whole list. */
function read(...pieces: string[]): unknown[] | null {
  const entries: unknown[] = [];
  const reader = createListReader((entry) => entries.push(entry));
  for (const piece of pieces) reader.push(piece);
  return reader.isWhole() ? entries : null;
}

/** The pieces of a text, cut at these shares of its length. */
function cut(text: string, shares: readonly number[]): string[] {
  const at = shares.map((share) => Math.floor(share * text.length)).toSorted((a, b) => a - b);
  return [0, ...at].map((from, n) => text.slice(from, at[n]));
}

describe('a list that comes in pieces', () => {
  test('is what JSON.parse makes of the whole, whatever is in it and wherever it is cut', () => {
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

  test('is read sign by sign just as well: names with quotes, brackets, backslashes and signs of any alphabet', () => {
    const names = ['a "b" ]}', 'c\\', '\\"', '{[,', 'x"},{"y', '},{', '名前😀', '', '\u0000\n'];
    const text = ` [${names.map((name) => JSON.stringify({ name, tags: [name, { name }] })).join(' , ')}]\n`;
    assert.deepEqual(read(...text.split('')), JSON.parse(text));
    const tight = JSON.stringify(names.map((name) => ({ name, inner: [{ name }, { name }] })));
    assert.deepEqual(read(tight), JSON.parse(tight));
    assert.deepEqual(read(...tight.split('')), JSON.parse(tight));
  });

  test('hands over an entry as soon as it is whole', () => {
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

describe('no whole list is', () => {
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

  test('one whose entry never ends: what is held of it has a limit', () => {
    const endless = Array.from({ length: 40 }, () => 'x'.repeat(65_536));
    assert.equal(read('["', ...endless, '"]'), null);
  });
});
