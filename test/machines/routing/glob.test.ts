import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createCategoryGlob, createGlob } from '../../../machines/routing/glob.ts';

const cases: Array<[pattern: string, matching: string[], others: string[]]> = [
  ['films', ['films', 'FILMS'], ['film', 'films ', 'films/4k', '']],
  ['cross-seed*', ['cross-seed', 'cross-seed-link'], ['a cross-seed']],
  ['*.iso', ['debian.iso', '.ISO'], ['debian.iso.part']],
  ['**/films/**', ['/data/films/x', '/films/'], ['films/x']],
  ['s0?e0?', ['S01E02'], ['s1e2', 's001e02']],
  ['?', ['a', '😀', '\ud800'], ['', 'ab']],
  ['*', ['', 'anything'], []],
  ['', [''], ['a']],
  ['[a].+(b)|$^\\', ['[A].+(B)|$^\\'], ['a', 'a.b']],
  ['STRASSE', ['strasse'], ['straße']],
  ['*a*b*', ['ab', 'xaxbx', 'AB'], ['ba', 'a', 'b']],
];

describe('a glob', () => {
  for (const [pattern, matching, others] of cases) {
    test(`"${pattern}" matches the whole text, in any case`, () => {
      const matches = createGlob(pattern);
      for (const text of matching) assert.equal(matches(text), true, text);
      for (const text of others) assert.equal(matches(text), false, text);
    });
  }

  test('of more characters than a word has bits matches at each length', () => {
    for (let length = 1; length <= 130; length += 1) {
      const pattern = 'abc'.repeat(50).slice(0, length);
      const matches = createGlob(pattern);
      assert.equal(matches(pattern), true, `${length}`);
      assert.equal(matches(`${pattern}x`), false, `${length}`);
      assert.equal(matches(pattern.slice(1)), false, `${length}`);
      assert.equal(createGlob(`${pattern}*`)(`${pattern}x`), true, `${length}`);
      assert.equal(createGlob(`*${pattern}`)(`ab${pattern}`), true, `${length}`);
    }
  });

  test('matches as the definition of globs says', () => {
    const character = fc.constantFrom('a', 'A', 'b', '/', '😀', '\ud83d', 'İ');
    const text = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(''));
    const pattern = fc
      .array(fc.oneof(character, fc.constantFrom('*', '?')), { maxLength: 9 })
      .map((parts) => parts.join(''));
    let matched = 0;
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        const expected = matchesByDefinition(
          Array.from(pattern.toLowerCase()),
          Array.from(text.toLowerCase()),
        );
        matched += Number(expected);
        assert.equal(createGlob(pattern)(text), expected);
      }),
      { numRuns: 5000 },
    );
    assert.ok(matched > 50, `only ${matched} pairs matched`);
  });
});

/** Takes exponential time. */
function matchesByDefinition([first, ...rest]: string[], text: string[]): boolean {
  if (first === undefined) return text.length === 0;
  if (first === '*')
    return (
      matchesByDefinition(rest, text) ||
      (text.length > 0 && matchesByDefinition([first, ...rest], text.slice(1)))
    );
  return text.length > 0 && (first === '?' || first === text[0]) && matchesByDefinition(rest, text.slice(1));
}

describe('a category', () => {
  test('matches if it or one of its parents does', () => {
    const matches = createCategoryGlob('films');
    assert.deepEqual(
      ['films', 'Films/4k', 'films/4k/hdr', 'filmsx', 'tv/films', ''].map((category) => matches(category)),
      [true, true, true, false, false, false],
    );
    assert.equal(createCategoryGlob('films/*')('films'), false);
    assert.equal(createCategoryGlob('f*s')('films/4k'), true);
  });

  test('is empty for an empty glob only', () => {
    const matches = createCategoryGlob('');
    assert.deepEqual([matches(''), matches('/'), matches('films')], [true, false, false]);
  });
});

describe('a name of 10 KB against 200 globs', () => {
  const text = 'a'.repeat(10_000);
  /** For each of them a matcher that backtracks takes quadratic or exponential time. */
  const hostile = Array.from({ length: 200 }, (_, index) => {
    const stars = `${'*a'.repeat(1 + (index % 20))}*b`;
    return index % 2 === 0 ? stars : `*${'a'.repeat(index)}b`;
  });
  const stepsFor = (text: string): number => {
    const counter = { steps: 0 };
    for (const pattern of hostile) assert.equal(createGlob(pattern, counter)(text), false);
    return counter.steps;
  };

  test('takes one step per character and 31 characters of the glob', () => {
    const most = hostile.reduce(
      (sum, pattern) => sum + text.length * (Math.floor(pattern.length / 31) + 1),
      0,
    );
    const steps = stepsFor(text);
    assert.ok(steps > 200 * text.length, 'the steps are counted');
    assert.ok(steps <= most, `${steps} of at most ${most}`);
  });

  test('takes twice the steps for twice the length', () => {
    assert.equal(stepsFor(text + text), 2 * stepsFor(text));
  });

  test('takes no further step once the result is certain', () => {
    const counter = { steps: 0 };
    assert.equal(createGlob('aa*', counter)(text), true);
    assert.equal(createGlob('b*', counter)(text), false);
    assert.equal(counter.steps, 3);
  });
});
