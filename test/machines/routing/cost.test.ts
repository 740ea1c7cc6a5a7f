/** What the rules cost: counts only. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGlob } from '../../../machines/routing/glob.ts';
import type { StepCounter } from '../../../machines/routing/glob.ts';
import { decideRouting } from '../../../machines/routing/matching.ts';
import { NO_RULES } from '../../../machines/routing/rules.ts';
import type { Rules } from '../../../machines/routing/rules.ts';
import { DEFAULT_SEND } from '../../../machines/routing/types.ts';
import type { Rule } from '../../../machines/routing/types.ts';
import { hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { createTestRules, inCategory } from '../../support/rules.ts';
import { startWorld } from '../../support/world.ts';

const MANY = 400;

/** So many torrents in the same category, most of them queued. */
async function startMany() {
  const changing = createTestRules(({ category }) => ({ rule: 'r', route: category ?? 'none' }));
  const world = startWorld({ rules: changing.rules, policy: { rate: null } });
  for (let n = 0; n < MANY; n += 1)
    world.set(hashOf(n), { phase: n < 10 ? 'downloading' : 'queued', progress: 0.5, ...inCategory('films') });
  await world.pass(2 * MINUTE);
  return { world, changing };
}

test('a poll without changes neither matches the rules nor checks their file', async () => {
  const { world, changing } = await startMany();
  const before = changing.counts();
  await world.pass(5 * MINUTE);
  assert.ok(world.count('observe', world.clock.now() - 5 * MINUTE) > 10);
  assert.deepEqual(changing.counts(), before);
});

test('progress alone matches no rule, and an unchanged observation evaluates no glob', async () => {
  const counter: StepCounter = { steps: 0 };
  const conditions = { name: [createGlob('*-nothing-*', counter)], category: [createGlob('fil*', counter)] };
  const films: Rule = { name: 'films', conditions, send: DEFAULT_SEND, route: 'films', priority: {} };
  let matches = 0;
  const rules: Rules = {
    ...NO_RULES,
    version: () => 1,
    check: () => 1,
    route: (fields) => {
      matches += 1;
      return decideRouting([films, { ...films, conditions: { category: conditions.category } }], fields);
    },
  };
  const world = startWorld({ rules, policy: { rate: null, summaryFrom: null } });
  for (let n = 0; n < 20; n += 1) world.set(hashOf(n), { progress: 0.1, ...inCategory('films') });
  await world.pass(MINUTE);
  assert.ok(counter.steps > 0);
  const before = { matches, ...counter };
  for (let percent = 11; percent < 40; percent += 1) {
    for (let n = 0; n < 20; n += 1) world.set(hashOf(n), { progress: percent / 100 });
    await world.pass(5 * SECOND);
  }
  assert.deepEqual({ matches, ...counter }, before);
  assert.ok(world.phone.cards.size === 20);
  world.set(hashOf(3), inCategory('music'));
  await world.pass(10 * SECOND);
  assert.equal(matches, before.matches + 1);
});

test('one torrent that changes is matched once, not all of them', async () => {
  const { world, changing } = await startMany();
  const { matches } = changing.counts();
  world.set(hashOf(MANY - 1), inCategory('music'));
  await world.pass(35 * SECOND);
  assert.equal(changing.counts().matches, matches + 1);
});

test('a changed category of the last of 10,000 torrents takes effect within 30 s', async () => {
  const count = 10_000;
  const { rules } = createTestRules(({ category }) => ({ rule: 'r', route: category ?? 'none' }));
  // As the sidecar sets it where there are rules, with the 1.5 s in which qBittorrent does not show a change.
  const world = startWorld({ rules, policy: { rate: null, idleInterval: 27 * SECOND } });
  world.script.observe = (hashes) => ok(hashes.flatMap((hash) => world.torrents.get(hash) ?? []));
  world.script.latency.observe = 1500;
  for (let n = 0; n < count; n += 1)
    world.set(hashOf(n), { phase: 'queued', progress: 0.5, ...inCategory('films') });
  await world.pass(2 * MINUTE);
  assert.equal(world.records().length, count);
  // Immediately after a poll.
  const polls = () => world.count('observe', 0);
  const seen = polls();
  while (polls() === seen) await world.pass(SECOND);
  await world.pass(2 * SECOND);
  world.set(hashOf(count - 1), inCategory('music'));
  await world.pass(30 * SECOND);
  assert.equal(world.records().find(({ key }) => key === hashOf(count - 1))?.route, 'music');
});

test('changed rules take effect on all torrents within 30 s', async () => {
  const { world, changing } = await startMany();
  changing.change(() => ({ rule: 'r', route: 'other' }));
  await world.pass(31 * SECOND);
  const routes = world.records().map(({ route }) => route);
  assert.deepEqual([routes.length, new Set(routes)], [MANY, new Set(['other'])]);
});
