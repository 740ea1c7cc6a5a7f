import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notification } from '../../machines/domain.ts';
import { holds } from './property.ts';
import type { Model } from './model.ts';

const left = ({ phone }: Model, expected: Notification['kind']) =>
  [...phone.cards].filter(([, { kind }]) => kind === expected).map(([name]) => name);

for (const kind of ['progress', 'alert', 'incident'] as const) {
  test(`after any timeline no card of the kind "${kind}" is left`, async () => {
    await holds({ runs: 200, check: (model) => assert.deepEqual(left(model, kind), []) });
  });
}

test('after any timeline no torrent that is complete or removed is stored', async () => {
  await holds({ runs: 100, check: ({ store }) => assert.deepEqual([...store.records.values()], []) });
});

test('the percent on a card never decreases', async () => {
  await holds({ runs: 100, check: ({ phone }) => assert.deepEqual(phone.decreases, []) });
});
