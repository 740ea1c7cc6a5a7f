import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createCategoryGlob, createGlob } from '../../../machines/routing/glob.ts';
import { checkCondition, CONDITION_NAMES, decideRouting } from '../../../machines/routing/matching.ts';
import { DEFAULT_ROUTING } from '../../../machines/routing/types.ts';
import type { Conditions, Rule, RuleFields } from '../../../machines/routing/types.ts';

const film: RuleFields = {
  hash: 'a'.repeat(40),
  name: 'Film.2024.mkv',
  category: 'films/4k',
  tags: ['notify', 'Large'],
  tracker: 'tracker.example.org',
  path: '/data/films',
  size: 5_000_000_000,
  private: true,
};

/** The same torrent before its metadata. */
const magnet: RuleFields = { ...film, name: null, size: null, private: null, tracker: null };

const globs = (...patterns: string[]) => patterns.map((pattern) => createGlob(pattern));

function ruleOf(name: string, conditions: Conditions): Rule {
  return {
    name,
    conditions,
    send: new Set(['completion']),
    route: `route-${name}`,
    priority: { completion: 5 },
  };
}

const decide = (conditions: Conditions, fields: RuleFields) =>
  decideRouting([ruleOf('own', conditions)], fields).rule;

describe('a condition', () => {
  const holding: Array<[title: string, conditions: Conditions, other: Partial<RuleFields>]> = [
    ['category', { category: [createCategoryGlob('films')] }, { category: 'tv' }],
    ['tag', { tag: globs('large') }, { tags: ['notify'] }],
    ['tag, one of several', { tag: globs('x', 'notify') }, { tags: [] }],
    ['name', { name: globs('*.mkv') }, { name: 'x' }],
    ['tracker', { tracker: globs('*.example.org') }, { tracker: 'example.com' }],
    ['path', { path: globs('/data/*') }, { path: '/tmp' }],
    ['size', { size: (bytes) => bytes >= 1e9 }, { size: 1000 }],
    ['private', { private: true }, { private: false }],
  ];
  for (const [title, conditions, other] of holding) {
    test(`on the ${title} holds for its values, and not for others or unknown ones`, () => {
      assert.equal(decide(conditions, film), 'own');
      assert.equal(decide(conditions, { ...film, ...other }), null);
    });
  }

  test('on an unknown value does not hold, whatever the value would have to be', () => {
    const unknown: RuleFields = {
      ...film,
      name: null,
      category: null,
      tracker: null,
      path: null,
      private: null,
    };
    const all = globs('*');
    for (const conditions of [
      { name: all },
      { category: all },
      { tracker: all },
      { path: all },
      { private: false },
    ])
      assert.deepEqual(decideRouting([ruleOf('own', conditions)], unknown), DEFAULT_ROUTING);
  });

  test('of each kind has a name, and is null where a rule has none', () => {
    assert.deepEqual(CONDITION_NAMES.toSorted(), [
      'category',
      'name',
      'path',
      'private',
      'size',
      'tag',
      'tracker',
    ]);
    for (const name of CONDITION_NAMES) assert.equal(checkCondition(name, {}, film), null);
  });
});

describe('the rules', () => {
  test('apply in their order, all conditions together', () => {
    const rules = [
      ruleOf('small', { category: [createCategoryGlob('films')], size: (bytes) => bytes < 1e9 }),
      ruleOf('films', { category: [createCategoryGlob('films')] }),
      ruleOf('all', {}),
    ];
    const routing = decideRouting(rules, film);
    assert.deepEqual(routing, {
      rule: 'films',
      route: 'route-films',
      send: new Set(['completion']),
      priority: { completion: 5 },
      isDecided: true,
      matched: ['category'],
    });
    assert.equal(decideRouting(rules, { ...film, size: 1000 }).rule, 'small');
    assert.equal(decideRouting(rules, { ...film, category: '' }).rule, 'all');
  });

  test('that do not match leave the defaults', () => {
    assert.equal(decideRouting([], film), DEFAULT_ROUTING);
    assert.equal(decideRouting([ruleOf('own', { tag: globs('x') })], film), DEFAULT_ROUTING);
  });

  test('give the same object for the same decision', () => {
    const rules = [ruleOf('own', {})];
    assert.equal(decideRouting(rules, film), decideRouting(rules, { ...film, size: 1 }));
  });
});

describe('before the metadata', () => {
  const large = ruleOf('large', { category: [createCategoryGlob('films')], size: (bytes) => bytes > 1e9 });
  const films = ruleOf('films', { category: [createCategoryGlob('films')] });

  test('nothing is decided while an earlier rule could still match', () => {
    const routing = decideRouting([large, films], magnet);
    assert.deepEqual([routing.rule, routing.isDecided], ['films', false]);
    assert.deepEqual(decideRouting([large], magnet), { ...DEFAULT_ROUTING, isDecided: false });
    assert.equal(decideRouting([large, films], film).rule, 'large');
  });

  test('a rule that cannot match any more, or comes later, leaves the decision as it is', () => {
    const other = { ...magnet, category: 'tv' };
    assert.equal(decideRouting([large], other).isDecided, true);
    assert.deepEqual(
      [decideRouting([films, large], magnet)].map(({ rule, isDecided }) => [rule, isDecided]),
      [['films', true]],
    );
  });

  test('afterwards an unknown value stays unknown: private with qBittorrent 4.x, no tracker', () => {
    const rules = [ruleOf('private', { private: true }), ruleOf('tracker', { tracker: globs('*') }), films];
    assert.equal(decideRouting(rules, magnet).isDecided, false);
    const routing = decideRouting(rules, { ...film, private: null, tracker: null });
    assert.deepEqual([routing.rule, routing.isDecided], ['films', true]);
  });
});

test('a decision is the one that the definition says, for any rules and fields', () => {
  /** `null`: the rule has no such condition; otherwise whether it holds for a known value. */
  const condition = fc.constantFrom(null, true, true, false);
  const anyRule = fc.record({ name: condition, size: condition, private: condition, tag: condition });
  const known = fc.record({ name: fc.boolean(), size: fc.boolean(), private: fc.boolean() });
  const seen = { decided: 0, undecided: 0 };
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 5 }), known, (wanted, known) => {
      const rules = wanted.map((rule, index) => {
        const conditions: Conditions = {};
        if (rule.name !== null) conditions.name = [() => rule.name === true];
        if (rule.size !== null) conditions.size = () => rule.size === true;
        if (rule.private !== null) conditions.private = rule.private;
        if (rule.tag !== null) conditions.tag = [() => rule.tag === true];
        return ruleOf(`${index}`, conditions);
      });
      const fields: RuleFields = {
        ...film,
        name: known.name ? 'x' : null,
        size: known.size ? 1 : null,
        private: known.private ? true : null,
      };
      const isKnown = (name: 'name' | 'size' | 'private' | 'tag') => name === 'tag' || known[name];
      const names = ['name', 'size', 'private', 'tag'] as const;
      const isPossible = (rule: (typeof wanted)[number]) =>
        names.every((name) => !isKnown(name) || rule[name] !== false);
      const isCertain = (rule: (typeof wanted)[number]) =>
        names.every((name) => rule[name] === null || (isKnown(name) && rule[name]));
      const first = wanted.findIndex(isCertain);
      const above = first === -1 ? wanted : wanted.slice(0, first);
      const isDecided = known.size || !above.some(isPossible);
      const routing = decideRouting(rules, fields);
      assert.deepEqual([routing.rule, routing.isDecided], [first === -1 ? null : `${first}`, isDecided]);
      seen[isDecided ? 'decided' : 'undecided'] += 1;
    }),
    { numRuns: 3000 },
  );
  assert.ok(Math.min(seen.decided, seen.undecided) > 100, JSON.stringify(seen));
});
