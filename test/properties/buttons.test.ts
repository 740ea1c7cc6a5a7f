/** Presses of buttons in any timeline. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds } from './property.ts';
import { lost } from './lost.ts';
import type { Model } from './model.ts';

const options = { buttons: true } as const;

const left = ({ phone }: Model) =>
  [...phone.cards].filter(([, { kind }]) => kind === 'progress' || kind === 'alert').map(([name]) => name);

test('in any timeline with presses, each completion reaches the phone with at most one sound, and no card is left', async () => {
  await holds({
    runs: 300,
    options,
    check: (model) => {
      assert.deepEqual(lost(model), []);
      assert.deepEqual(
        [...model.phone.sounds].filter(([, times]) => times > 1),
        [],
      );
      assert.deepEqual(left(model), []);
      assert.deepEqual([...model.store.records.values()], []);
    },
  });
});

test('after any timeline the command topic is not read, and every accepted press is done', async () => {
  await holds({
    runs: 150,
    options,
    check: ({ world, presses }) => {
      const { remote } = world.run?.supervisor.getSnapshot().context.deps ?? {};
      assert.equal(remote?.active.size, 0);
      assert.deepEqual(
        presses?.store.stored().presses.filter(({ isDone }) => !isDone),
        [],
      );
      assert.equal(presses?.isRead(), false);
    },
  });
});
