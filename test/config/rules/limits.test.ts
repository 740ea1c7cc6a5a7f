import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Composer } from 'yaml';
import type { CST } from 'yaml';
import { LIMITS } from '../../../src/config/rules/limits.ts';
import { problemOf, problemsOf, rulesOf } from './parsing.ts';

const repeat = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join('');

const namedRules = (count: number, rest = '') =>
  `rules:\n${repeat(count, (index) => `- { name: r${index}${rest} }\n`)}`;

const tooMuch: Array<[title: string, text: () => string, problem: RegExp]> = [
  ['1 MB', () => `# ${'x'.repeat(1_000_000)}\nrules: []\n`, /^1:1: the file has more than 256 KiB\.$/],
  ['a size in bytes, not in characters', () => `# ${'😀'.repeat(70_000)}\nrules: []\n`, /more than 256 KiB/],
  [
    '10,000 aliases',
    () => `a: &a x\nrules: [${repeat(10_000, () => '*a,')}]`,
    /the file has more than 100 aliases\.$/,
  ],
  [
    'lists nested 10,000 times',
    () => `rules: ${'['.repeat(10_000)}`,
    /^1:\d+: the file is nested too deeply\.$/,
  ],
  ['maps nested 10,000 times', () => `rules: ${'{a: '.repeat(10_000)}`, /nested too deeply/],
  ['sequences nested 10,000 times in one line', () => `- `.repeat(10_000), /nested too deeply/],
  ['keys nested 10,000 times', () => '? '.repeat(10_000), /nested too deeply/],
  ['1,001 rules', () => namedRules(1001), /rules must have at most 1000 rules/],
  ['4,000 rules', () => namedRules(4000), /rules must have at most 1000 rules/],
  [
    '201 globs in a condition',
    () => `rules: [{ name: a, match: { tag: [${repeat(201, () => 'x,')}] } }]`,
    /match\.tag must have at most 200 entries/,
  ],
  ['60,000 line ends', () => `${'\n'.repeat(60_000)}rules: []\n`, /more than 60000 YAML tokens/],
  ['40,000 keys', () => repeat(40_000, (index) => `${index.toString(36)}:\n`), /more than 60000 YAML tokens/],
  [
    '5,001 globs',
    () =>
      `${namedRules(25, `, match: { tag: [${repeat(200, () => 'x,')}] }`)}- { name: last, match: { name: x } }`,
    /more than 5000 globs/,
  ],
  [
    'a glob of 257 characters',
    () => `rules: [{ name: a, match: { tag: ${'x'.repeat(257)} } }]`,
    /match\.tag must have at most 256 characters/,
  ],
  [
    'a name of 65 characters',
    () => `rules: [{ name: ${'x'.repeat(65)} }]`,
    /^1:17: rule 1: name must have at most 64 characters/,
  ],
  [
    'a message of 4,001 characters',
    () => `rules: [{ name: a, added: { message: ${'x'.repeat(4001)} } }]`,
    /must have at most 4000 characters/,
  ],
];

describe('a file is rejected with', () => {
  for (const [title, text, problem] of tooMuch) {
    test(title, () => assert.match(problemOf(text()), problem));
  }

  test('aliases that multiply each other to a billion values', () => {
    const levels = repeat(
      9,
      (index) => `a${index + 1}: &a${index + 1} [${repeat(10, () => `*a${index},`)}]\n`,
    );
    const problems = problemsOf(`a0: &a0 [x, x]\n${levels}rules: []\n`);
    assert.match(problems.join('\n'), /more than 20000 values/);
  });

  test('10,000 keys in one map, each of which is unknown', () => {
    const problems = problemsOf(repeat(10_000, (index) => `${index.toString(36)}:\n`));
    assert.equal(problems.length, LIMITS.problems + 1);
  });

  test('more values than a thousand rules need', () => {
    const problem = problemOf(`a: &a [${'1,'.repeat(300)}]\nrules: [${'*a,'.repeat(70)}]\n`);
    assert.match(problem, /more than 20000 values/);
  });

  test('60,000 errors, of which fifty are described', (t) => {
    const reading = t.mock.method(String.prototype, 'lastIndexOf');
    const problems = problemsOf(`[${','.repeat(59_000)}]`);
    assert.equal(problems.at(-1), `1:52: and ${59_000 - LIMITS.problems} more problems.`);
    assert.ok(reading.mock.callCount() < 1000, `${reading.mock.callCount()} lines were read for a hint`);
  });

  test('errors, without recording a stack for each', (t) => {
    const before = Error.stackTraceLimit;
    const limits: number[] = [];
    const next = Reflect.get(Composer.prototype, 'next') as (this: Composer, token: CST.Token) => Generator;
    t.mock.method(Composer.prototype, 'next', function* (this: Composer, token: CST.Token) {
      limits.push(Error.stackTraceLimit);
      yield* next.call(this, token);
    });
    problemsOf('[,,]');
    assert.deepEqual([new Set(limits), Error.stackTraceLimit], [new Set([0]), before]);
  });

  test('an alias inside its own anchor', () => {
    assert.match(problemOf('rules: &a [*a]'), /alias without an anchor/);
  });
});

test('as many rules and globs as allowed are accepted', () => {
  const globs = repeat(5, (index) => `g${index},`);
  const { rules } = rulesOf(namedRules(1000, `, match: { tag: [${globs}] }`));
  assert.equal(rules.length, 1000);
  assert.equal(rules.flatMap(({ conditions }) => conditions.tag ?? []).length, 5000);
});

test('a key named __proto__ is unknown, and changes nothing', () => {
  assert.match(problemOf('__proto__: { rules: [] }'), /unknown key "__proto__"/);
  assert.match(problemOf('rules: [{ name: a, match: { __proto__: x } }]'), /unknown key "__proto__"/);
  assert.equal(Object.hasOwn(Object.prototype, 'rules'), false);
});
