/** Which progress is sent, by `PROGRESS`, the settings of its topic and the version of ntfy. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTraffic, skipped } from '../../../machines/outbox/traffic.ts';
import type { ProgressMode } from '../../../machines/policy.ts';
import { createTestRules } from '../../support/rules.ts';
import { hashOf, policy, progressOf } from '../fixtures.ts';

const a = hashOf(1);

const trafficIn = (progress: ProgressMode, live: boolean | null) => ({
  ...createTraffic({ policy: { ...policy, progress }, now: () => 0 }),
  live,
});

describe('a first progress', () => {
  const cases = [
    { progress: 'auto', live: null, to: 10, skips: false },
    { progress: 'auto', live: true, to: 10, skips: false },
    { progress: 'auto', live: false, to: 10, skips: true },
    { progress: 'auto', live: false, to: 26, skips: false },
    { progress: 'cards', live: null, to: 10, skips: false },
    { progress: 'cards', live: true, to: 10, skips: false },
    { progress: 'cards', live: false, to: 10, skips: false },
    { progress: 'summary', live: null, to: 10, skips: false },
    { progress: 'summary', live: true, to: 10, skips: false },
    { progress: 'summary', live: false, to: 10, skips: true },
    { progress: 'summary', live: false, to: 26, skips: false },
    { progress: 'milestones', live: null, to: 10, skips: true },
    { progress: 'milestones', live: true, to: 10, skips: true },
    { progress: 'milestones', live: true, to: 50, skips: false },
    { progress: 'none', live: true, to: 10, skips: true },
    { progress: 'none', live: true, to: 50, skips: true },
    { progress: 'none', live: false, to: 50, skips: true },
  ] as const;
  for (const { progress, live, to, skips } of cases) {
    test(`of ${to} % is ${skips ? 'skipped' : 'sent'} with PROGRESS=${progress} where live is ${live}`, () => {
      const outcome = skipped(trafficIn(progress, live), progressOf(a, to));
      assert.equal(outcome, skips ? 'superseded' : null);
    });
  }
});

test('the setting of a topic holds on that topic only', () => {
  const { rules } = createTestRules(() => null, {
    topics: { quarters: { progress: 'milestones' }, every: { progress: 'cards' }, plain: { digestFrom: 2 } },
  });
  const sent = (progress: ProgressMode, live: boolean, to: number) =>
    ['quarters', 'every', 'plain', 'default'].filter((route) => {
      const traffic = { ...trafficIn(progress, live), rules };
      return skipped(traffic, { ...progressOf(a, to), route }) === null;
    });
  assert.deepEqual(sent('auto', true, 10), ['every', 'plain', 'default']);
  assert.deepEqual(sent('auto', false, 10), ['every']);
  assert.deepEqual(sent('auto', false, 30), ['quarters', 'every', 'plain', 'default']);
  assert.deepEqual(sent('milestones', true, 10), ['every']);
  assert.deepEqual(sent('none', true, 30), ['quarters', 'every']);
});
