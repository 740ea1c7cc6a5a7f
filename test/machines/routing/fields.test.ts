import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { haveSameFields, ruleFieldsOf, UNKNOWN_FIELDS } from '../../../machines/routing/fields.ts';
import type { Observation } from '../../../machines/domain.ts';
import { hashOf, seen } from '../fixtures.ts';

const film: Partial<Observation> = {
  name: 'film.mkv',
  size: 1000,
  category: 'films/4k',
  tags: ['a c', 'b'],
  tracker: 'tracker.example',
  path: '/films',
  private: true,
};

describe('the fields that rules match', () => {
  test('are those of the observation', () => {
    assert.deepEqual(ruleFieldsOf(seen(film)), { hash: hashOf(1), ...film });
  });

  test('have an unknown size without metadata, and while no file is selected', () => {
    assert.equal(ruleFieldsOf(seen({ ...film, phase: 'metadata', size: 0 })).size, null);
    assert.equal(ruleFieldsOf(seen({ ...film, phase: 'unselected', size: 0 })).size, null);
    assert.equal(ruleFieldsOf(seen({ ...film, size: 1 })).size, 1);
  });

  test('are unknown where no observation has shown them', () => {
    const { category, tags, tracker, path, private: isPrivate } = ruleFieldsOf(seen(UNKNOWN_FIELDS));
    assert.deepEqual([category, tags, tracker, path, isPrivate], [null, [], null, null, null]);
  });
});

describe('two observations have the same fields', () => {
  test('whatever the progress, and whether or not they share their tags in memory', () => {
    const [one, other] = [seen(film), seen({ ...film, tags: ['a c', 'b'], progress: 0.9, downloaded: 1 })];
    assert.ok(haveSameFields(one, other));
    assert.ok(haveSameFields(one, { ...one }));
  });

  const changes: Array<Partial<Observation>> = [
    { name: 'other.mkv' },
    { name: null },
    { size: 1001 },
    { category: 'films' },
    { category: null },
    { tags: [] },
    { tags: ['a c'] },
    { tags: ['a c', 'b', 'c'] },
    { tags: ['a c', 'd'] },
    { tracker: 'other.example' },
    { tracker: null },
    { path: '/tv' },
    { private: false },
    { private: null },
  ];
  for (const change of changes) {
    test(`but not with ${JSON.stringify(change)}`, () => {
      assert.ok(!haveSameFields(seen(film), seen({ ...film, ...change })));
      assert.ok(!haveSameFields(seen({ ...film, ...change }), seen(film)));
    });
  }
});
