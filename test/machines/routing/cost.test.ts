/** What the rules cost: counts only. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
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

test('one torrent that changes is matched once, not all of them', async () => {
  const { world, changing } = await startMany();
  const { matches } = changing.counts();
  world.set(hashOf(MANY - 1), inCategory('music'));
  await world.pass(35 * SECOND);
  assert.equal(changing.counts().matches, matches + 1);
});

test('changed rules take effect on all torrents within 30 s', async () => {
  const { world, changing } = await startMany();
  changing.change(() => ({ rule: 'r', route: 'other' }));
  await world.pass(31 * SECOND);
  const routes = world.records().map(({ route }) => route);
  assert.deepEqual([routes.length, new Set(routes)], [MANY, new Set(['other'])]);
});
