/** Digests in any timeline: two completions within a minute share one already. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds } from './property.ts';
import { lost } from './lost.ts';
import type { Model } from './model.ts';

const options = { policy: { digestFrom: 2 } };

const isDigest = (name: string): boolean => /(?:^|\/)d[0-9a-z]+$/.test(name);

/** Completions that were shown on more than one card. */
const twice = ({ phone }: Model) => [...phone.shownOn].filter(([, cards]) => cards.size > 1);

/** Digests that made more than one sound. */
function loud({ phone }: Model): string[] {
  const digests = phone.heard.filter(isDigest);
  return digests.filter((name, index) => digests.indexOf(name) !== index);
}

/** What is left in the sidecar and in its store after everything has settled. */
function left({ world, store }: Model) {
  const { digests } = world.run?.supervisor.getSnapshot().context ?? {};
  return {
    awaited: digests?.awaited.size ?? 0,
    delivered: digests?.delivered.length ?? 0,
    alerts: digests?.alerts.size ?? 0,
    open: store.digests.stored().digests.filter(({ isOpen, alert }) => isOpen || alert !== undefined),
    records: store.records.size,
  };
}

const NOTHING = { awaited: 0, delivered: 0, alerts: 0, open: [], records: 0 };

test('in any timeline, each completion is on one card, and each digest makes at most one sound', async () => {
  await holds({
    runs: 150,
    options,
    check: (model) => {
      assert.deepEqual(twice(model), []);
      assert.deepEqual(loud(model), []);
    },
  });
});

test('in any timeline, each completion reaches the phone, and nothing is left', async () => {
  await holds({
    runs: 150,
    options,
    check: (model) => {
      assert.deepEqual(lost(model), []);
      assert.deepEqual(left(model), NOTHING);
    },
  });
});
