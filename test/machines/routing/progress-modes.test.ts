/** Progress that is off, or milestones: for all topics, or for one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification } from '../../../machines/domain.ts';
import { failure, hashOf, MINUTE, ok, SECOND, seen } from '../fixtures.ts';
import { createTestRules, inCategory } from '../../support/rules.ts';
import { isOver, startWorld } from '../../support/world.ts';
import type { World, WorldOptions } from '../../support/world.ts';

const [a, b] = [hashOf(1), hashOf(2)];

const cardsOf = ({ phone }: World): string[] => [...phone.cards.keys()].toSorted();
const kindsOf = ({ phone }: World): Notification['kind'][] => phone.accepted.map(({ kind }) => kind);

/** The category is the route; without one, the default topic. */
const byCategory: Parameters<typeof createTestRules>[0] = ({ category }) =>
  category ? { rule: category, route: category } : null;

/** A torrent that downloads in each of these categories; the first one is `a`. */
async function startIn(categories: readonly string[], options: WorldOptions): Promise<World> {
  const world = startWorld(options);
  for (const [index, category] of categories.entries()) {
    world.set(hashOf(index + 1), { progress: 0.1, ...inCategory(category) });
    world.track(hashOf(index + 1));
  }
  await world.pass(10 * SECOND);
  return world;
}

/** They download to their end, three percent at a time. */
async function complete(world: World, ...keys: string[]): Promise<void> {
  for (let percent = 11; percent < 100; percent += 3) {
    for (const key of keys) world.set(key, { progress: percent / 100 });
    await world.pass(10 * SECOND);
  }
  for (const key of keys) world.set(key, { progress: 1, phase: 'complete' });
  await world.pass(MINUTE);
}

/** The card of `a`, from an earlier process. */
const CARD: Notification = {
  kind: 'progress',
  key: a,
  torrent: seen({ hash: a }),
  at: 0,
  card: { percent: 30, phase: 'downloading' },
  shown: null,
};

/** The records of an earlier process in which `a` had a card. */
async function recordsWithCard() {
  const world = await startIn([''], {});
  assert.deepEqual(cardsOf(world), [a]);
  return world.records();
}

describe('with PROGRESS=none', () => {
  test('alerts and the completion are sent, and no card', async () => {
    const policy = { progress: 'none', stallTime: MINUTE, stalledAfter: MINUTE } as const;
    const world = await startIn([''], { policy });
    world.set(a, { phase: 'stalled' });
    await world.pass(3 * MINUTE);
    world.set(a, { phase: 'downloading' });
    await complete(world, a);
    assert.deepEqual(kindsOf(world), ['alert', 'alert-clear', 'completion']);
    assert.ok(isOver(world));
  });

  test('a card that was shown before is deleted, and does not come back', async () => {
    const world = startWorld({ policy: { progress: 'none' }, records: await recordsWithCard() });
    world.phone.receive(CARD);
    world.set(a, { progress: 0.3, phase: 'queued' });
    await world.pass(10 * SECOND);
    assert.deepEqual([cardsOf(world), kindsOf(world)], [[], ['card-delete']]);
    world.set(a, { phase: 'downloading' });
    await complete(world, a);
    assert.deepEqual(kindsOf(world), ['card-delete', 'completion']);
    assert.deepEqual(cardsOf(world), [`${a}-done`]);
    assert.ok(isOver(world));
  });

  test('a card that was shown before is deleted when its torrent is complete or gone', async () => {
    for (const isGone of [true, false]) {
      const world = startWorld({ policy: { progress: 'none' }, records: await recordsWithCard() });
      world.phone.receive(CARD);
      if (!isGone) world.set(a, { progress: 1, phase: 'complete' });
      await world.pass(3 * MINUTE);
      assert.deepEqual(cardsOf(world), isGone ? [] : [`${a}-done`]);
      assert.ok(isOver(world));
    }
  });

  test('a topic with another setting has cards', async () => {
    const { rules } = createTestRules(byCategory, { topics: { films: { progress: 'cards' } } });
    const world = await startIn(['', 'films', 'music'], { rules, policy: { progress: 'none' } });
    assert.deepEqual(cardsOf(world), [`films/${b}`]);
  });
});

describe('a topic with progress: none', () => {
  test('has no cards, and the completions', async () => {
    const { rules } = createTestRules(byCategory, { topics: { films: { progress: 'none' } } });
    const world = await startIn(['films', 'music'], { rules });
    assert.deepEqual(cardsOf(world), [`music/${b}`]);
    await complete(world, a);
    assert.deepEqual(cardsOf(world), [`films/${a}-done`, `music/${b}`]);
    assert.ok(world.phone.accepted.every(({ kind, key }) => kind !== 'progress' || key === b));
  });

  test('loses its cards when the rules file says so, and has them again when it does not any more', async () => {
    const changing = createTestRules(byCategory);
    const world = await startIn(['films', 'music'], { rules: changing.rules });
    assert.deepEqual(cardsOf(world), [`films/${a}`, `music/${b}`]);
    changing.change(byCategory, { topics: { films: { progress: 'none' } } });
    await world.pass(30 * SECOND);
    assert.deepEqual(cardsOf(world), [`music/${b}`]);
    changing.change(byCategory, { topics: {} });
    await world.pass(30 * SECOND);
    assert.deepEqual(cardsOf(world), [`films/${a}`, `music/${b}`]);
    await complete(world, a);
    assert.deepEqual(cardsOf(world), [`films/${a}-done`, `music/${b}`]);
  });

  test('deletes the card of a torrent that moves there', async () => {
    const { rules } = createTestRules(byCategory, { topics: { films: { progress: 'none' } } });
    const world = await startIn(['music'], { rules });
    world.set(a, inCategory('films'));
    await world.pass(30 * SECOND);
    assert.deepEqual(cardsOf(world), []);
    world.set(a, inCategory('music'));
    await world.pass(30 * SECOND);
    assert.deepEqual(cardsOf(world), [`music/${a}`]);
  });

  test('receives no card that waited for ntfy when the rules changed, and its torrent is not stuck', async () => {
    const changing = createTestRules(byCategory);
    const world = startWorld({ rules: changing.rules });
    world.script.publish = () => failure('unreachable');
    world.set(a, { progress: 0.1, ...inCategory('films') });
    world.track(a);
    await world.pass(10 * SECOND);
    changing.change(byCategory, { topics: { films: { progress: 'none' } } });
    await world.pass(30 * SECOND);
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    assert.deepEqual(cardsOf(world), []);
    assert.ok(!kindsOf(world).includes('progress'));
    await complete(world, a);
    assert.deepEqual(cardsOf(world), [`films/${a}-done`]);
    assert.ok(isOver(world));
  });
});

test('milestones of one topic leave the others as they are', async () => {
  const { rules } = createTestRules(byCategory, { topics: { phone: { progress: 'milestones' } } });
  const world = await startIn(['phone', 'tablet'], { rules, policy: { rate: null } });
  await complete(world, a, b);
  const percents = (key: string) =>
    world.phone.accepted.flatMap((one) =>
      one.kind === 'progress' && one.key === key ? [one.card.percent] : [],
    );
  assert.deepEqual(percents(a), [26, 50, 77]);
  assert.ok(percents(b).length > 20, `${percents(b).length} updates`);
  assert.deepEqual(cardsOf(world), [`phone/${a}-done`, `tablet/${b}-done`]);
});
