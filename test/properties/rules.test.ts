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

type Tracked = Model & { categories: Map<string, Set<string>> };

/** Also remembers the categories that each torrent ever had. */
function track(model: Model): void {
  const { qbittorrent } = model;
  const categories = new Map<string, Set<string>>();
  const { change } = qbittorrent;
  qbittorrent.change = (n, how) => {
    change(n, how);
    const torrent = qbittorrent.torrents.get(n);
    if (torrent === undefined) return;
    const { label, category } = torrent;
    categories.set(label, (categories.get(label) ?? new Set()).add(category));
  };
  Object.assign(model, { categories });
}

/** Whether it was never in this category, which some rules exclude or silence. */
const isNever = ({ categories }: Tracked, label: string, category: string): boolean =>
  categories.get(label)?.has(category) !== true;

/** Completions that were ever stored, and known ones that no rule could exclude, which never arrived. */
function lost(model: Tracked): string[] {
  const { qbittorrent, state, store, phone } = model;
  const finished = [...qbittorrent.torrents.values()]
    .filter(
      ({ phase, label }) => phase === 'complete' && state.known.has(label) && isNever(model, label, 'hidden'),
    )
    .map(({ label }) => label);
  return [...new Set([...finished, ...store.completions])].filter((label) => !phone.completed.has(label));
}

/** Completions that arrived without a sound, although no rule could silence them. */
const unheard = (model: Tracked): string[] =>
  [...model.phone.completed.keys()].filter(
    (label) => isNever(model, label, 'music') && (model.phone.sounds.get(label) ?? 0) === 0,
  );

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

test('however rules and topics change, a completion that no rule silences makes exactly one sound', async () => {
  let heard = 0;
  await holds({
    runs: 150,
    options,
    before: track,
    check: (model) => {
      heard += model.phone.sounds.size;
      assert.deepEqual([unheard(model as Tracked), twice(model)], [[], []]);
    },
  });
  assert.ok(heard > 0, 'no timeline had a completion with a sound');
});

test('however rules change, a completion that none of them allows is not sent', async () => {
  let finished = 0;
  await holds({
    runs: 150,
    options: { ...options, category: 'hidden' },
    // All other rules exclude completions of this category.
    without: ['category'],
    before: ({ rules }) => {
      const { change } = rules;
      rules.change = (decision) => void (decision === RULE_SETS.none || change(decision));
    },
    check: ({ phone, qbittorrent }) => {
      finished += [...qbittorrent.torrents.values()].filter(({ phase }) => phase === 'complete').length;
      assert.deepEqual([[...phone.completed], [...phone.sounds]], [[], []]);
    },
  });
  assert.ok(finished > 0, 'no timeline had a completion');
});

for (const kind of ['progress', 'alert', 'incident'] as const) {
  test(`however rules and topics change, no card of the kind "${kind}" is left on any topic`, async () => {
    await holds({
      runs: 150,
      options,
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
