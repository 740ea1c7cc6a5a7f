import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_RULES } from '../../../machines/routing/rules.ts';
import {
  digestFromOf,
  progressModeOf,
  summaryFromOf,
  withoutProgress,
} from '../../../machines/routing/topic-policy.ts';
import type { TopicRules } from '../../../machines/routing/topic-policy.ts';
import { DEFAULT_ROUTE, DEFAULT_ROUTING } from '../../../machines/routing/types.ts';
import { policy } from '../fixtures.ts';
import { createTestRules, routing } from '../../support/rules.ts';

const { rules } = createTestRules(() => null, {
  topics: {
    own: { progress: 'summary', digestFrom: 1, summaryFrom: 100 },
    never: { digestFrom: null, summaryFrom: null },
    part: { summaryFrom: 3 },
  },
  withoutDigest: ['loud'],
});

const on = (route: string, all = policy, of: TopicRules = rules) => [
  progressModeOf(all, of, route),
  digestFromOf(all, of, route),
  summaryFromOf(all, of, route),
];

describe('the settings that hold on a topic', () => {
  test('are its own settings, also one that is never', () => {
    assert.deepEqual(on('own'), ['summary', 1, 100]);
    assert.deepEqual(on('never'), ['auto', null, null]);
  });

  test('are those of all topics where it has none', () => {
    const all = { ...policy, progress: 'cards', digestFrom: null, summaryFrom: 20 } as const;
    assert.deepEqual(on('part', all), ['cards', null, 3]);
    assert.deepEqual(on(DEFAULT_ROUTE, all), ['cards', null, 20]);
    assert.deepEqual(on('own', all, NO_RULES), ['cards', null, 20]);
  });
});

test('without rules everything may be grouped, and with them what no rule excludes', () => {
  assert.deepEqual(['loud', 'other', null].map(rules.isGrouped), [false, true, true]);
  assert.deepEqual(['loud', null].map(NO_RULES.isGrouped), [true, true]);
});

describe('a routing without progress', () => {
  test('sends everything else as before, and is the same object for all torrents of a rule', () => {
    const decided = routing({ rule: 'r', route: 'films', send: ['added', 'progress', 'completion'] });
    const without = withoutProgress(decided);
    assert.deepEqual(without, { ...decided, send: new Set(['added', 'completion']) });
    assert.equal(withoutProgress(decided), without);
    assert.deepEqual([...DEFAULT_ROUTING.send], ['progress', 'completion', 'alerts']);
  });

  test('is the routing itself where no progress is sent', () => {
    const silent = routing({ send: [] });
    assert.equal(withoutProgress(silent), silent);
  });
});
