/** With a summary from the second download on: in any timeline it is one, and takes nothing with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timersOf } from '../support/clock.ts';
import type { Model, ModelOptions } from './model.ts';
import { holds } from './property.ts';
import { RULE_SETS } from './rule-sets.ts';

const policy = { summaryFrom: 1 };

/** The cards of downloads that are left. With a used-up daily quota a summary stays, and shows that nothing downloads. */
const left = ({ phone }: Model) =>
  [...phone.cards].flatMap(([name, card]) =>
    card.kind === 'progress' || (card.kind === 'summary' && card.downloads > 0) ? [name] : [],
  );

const optionsOf: [what: string, options: ModelOptions][] = [
  ['without rules', { policy }],
  ['with rules', { policy, rules: RULE_SETS.topics }],
];

for (const [what, options] of optionsOf) {
  test(`after any timeline ${what}, neither a card nor a summary is left, and no timer runs`, async () => {
    let summaries = 0;
    await holds({
      runs: 150,
      options: { ...options, onPublish: ({ kind }) => void (summaries += Number(kind === 'summary')) },
      check: (model) => {
        assert.deepEqual(left(model), []);
        assert.deepEqual([...model.store.records.values()], []);
        assert.deepEqual(timersOf(model.clock), []);
      },
    });
    assert.ok(summaries > 0, 'there was none');
  });

  test(`in any timeline ${what}, a completion makes at most one sound each time it is added`, async () => {
    await holds({
      runs: 150,
      options,
      check: ({ phone }) =>
        assert.deepEqual(
          [...phone.sounds].filter(([, times]) => times > 1),
          [],
        ),
    });
  });
}

test('in any timeline, each stored completion reaches the phone', async () => {
  await holds({
    runs: 150,
    options: { policy },
    check: ({ phone, store }) =>
      assert.deepEqual(
        [...store.completions].filter((label) => !phone.completed.has(label)),
        [],
      ),
  });
});

test('in any timeline, the percent on a card never decreases', async () => {
  await holds({
    runs: 100,
    options: { policy },
    check: ({ phone }) => assert.deepEqual(phone.decreases, []),
  });
});
