/** Rules, categories and topics that change in any order, with faults and kills at any moment. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timersOf } from '../support/clock.ts';
import { sizesOf } from './sizes.ts';
import { holds } from './property.ts';
import type { Model } from './model.ts';
import { RULE_SETS } from './rule-sets.ts';

const options = { rules: RULE_SETS.topics };

const twice = ({ phone }: Model) => [...phone.sounds].filter(([, times]) => times > 1);

/** The names of completions that are on more than one topic. */
function onTwoTopics({ phone }: Model): string[] {
  const names = [...phone.cards].flatMap(([, card]) =>
    card.kind === 'completion' ? [card.torrent.name] : [],
  );
  return names.flatMap((name, index) => (name !== null && names.indexOf(name) !== index ? [name] : []));
}

/** Completions that were ever stored, and known ones that no rule could exclude, which never arrived. */
function lost({ qbittorrent, state, store, phone, everHidden }: Tracked): string[] {
  const finished = [...qbittorrent.torrents.values()]
    .filter(({ phase, label }) => phase === 'complete' && state.known.has(label) && !everHidden.has(label))
    .map(({ label }) => label);
  return [...new Set([...finished, ...store.completions])].filter((label) => !phone.completed.has(label));
}

type Tracked = Model & { everHidden: Set<string> };

/** Also remembers which torrents were ever in a category that rules exclude. */
function track(model: Model): void {
  const { qbittorrent } = model;
  const everHidden = new Set<string>();
  const { change } = qbittorrent;
  qbittorrent.change = (n, how) => {
    change(n, how);
    const torrent = qbittorrent.torrents.get(n);
    if (torrent?.category === 'hidden') everHidden.add(torrent.label);
  };
  Object.assign(model, { everHidden });
}

test('however rules and topics change, a completion makes at most one sound, and is on one topic', async () => {
  await holds({
    runs: 150,
    options,
    check: (model) => assert.deepEqual([twice(model), onTwoTopics(model)], [[], []]),
  });
});

test('however rules and topics change, a completion that a rule allows reaches the phone', async () => {
  await holds({
    runs: 150,
    options,
    before: track,
    check: (model) => assert.deepEqual(lost(model as Tracked), []),
  });
});

for (const kind of ['progress', 'alert', 'incident'] as const) {
  test(`however rules and topics change, no card of the kind "${kind}" is left on any topic`, async () => {
    await holds({
      runs: 150,
      options,
      // Nothing can be deleted from a topic that ntfy refuses for hours.
      without: kind === 'incident' ? [] : ['refuse'],
      check: ({ phone }) => {
        const left = [...phone.cards].filter(([, card]) => card.kind === kind).map(([name]) => name);
        assert.deepEqual(left, []);
      },
    });
  });
}

test('however rules and topics change, nothing is kept when all torrents are finished, and no timer runs', async () => {
  await holds({
    runs: 150,
    options,
    check: (model) => {
      const { bounded, ...empty } = sizesOf(model);
      assert.deepEqual(empty, Object.fromEntries(Object.keys(empty).map((name) => [name, 0])));
      assert.ok(bounded.lastAt <= 16);
      assert.deepEqual(timersOf(model.clock), []);
    },
  });
});
