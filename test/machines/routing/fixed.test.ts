/** What is fixed when a completion is stored: topic, rule, priority and text. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { createTestRules } from '../../support/rules.ts';
import { completionsOf, isOver, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const a = hashOf(1);
const b = hashOf(2);

/** A completion is stored by the rule "before", while ntfy does not answer. */
async function startPending() {
  const changing = createTestRules(() => ({ rule: 'before', route: 'one', priority: { completion: 5 } }));
  const world = startWorld({ rules: changing.rules });
  world.set(a, { progress: 0.5 });
  world.track(a);
  await world.pass(10 * SECOND);
  world.script.publish = () => failure('unreachable');
  world.set(a, { progress: 1, phase: 'complete' });
  await world.pass(10 * SECOND);
  assert.equal(world.records()[0]?.stage, 'completing');
  return { world, changing };
}

const last = (world: World) => completionsOf(world).at(-1);

describe('a completion that ntfy has not accepted', () => {
  test('is sent to the topic and with the text of its moment, although the rules changed', async () => {
    const { world, changing } = await startPending();
    changing.change(() => ({ rule: 'after', route: 'two', priority: { completion: 1 } }));
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    assert.deepEqual(last(world)?.fixed, { title: 'before', message: 'debian.iso', tags: [], priority: 5 });
    assert.deepEqual([...world.phone.cards.keys()], [`one/${a}-done`]);
    assert.equal(world.phone.sounds.get('debian.iso'), 1);
    assert.ok(isOver(world));
  });

  test('keeps them over a restart, also without rules', async () => {
    const { world: before } = await startPending();
    const world = startWorld({ records: before.records() });
    await world.pass(MINUTE);
    const [completion] = completionsOf(world);
    assert.deepEqual(
      [completion?.route, completion?.rule, completion?.fixed?.title],
      ['one', 'before', 'before'],
    );
    assert.equal(world.phone.sounds.get('debian.iso'), 1);
    assert.ok(isOver(world));
  });

  test('is sent although a rule excludes completions by now', async () => {
    const { world, changing } = await startPending();
    changing.change(() => ({ rule: 'after', send: [] }));
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], [`one/${a}-done`]);
  });
});

for (const [priority, sounds] of [
  [1, undefined],
  [2, undefined],
  [3, 1],
  [5, 1],
] as const) {
  test(`a completion of priority ${priority} makes ${sounds ?? 'no'} sound`, async () => {
    const { rules } = createTestRules(() => ({ rule: 'r', priority: { completion: priority } }));
    const world = startWorld({ rules });
    world.set(a, { progress: 1, phase: 'complete' });
    world.track(a);
    await world.pass(MINUTE);
    assert.equal(world.phone.completed.get('debian.iso'), 1);
    assert.equal(world.phone.sounds.get('debian.iso'), sounds);
  });
}

test('a notification carries topic, rule and priority only where a rule says so', async () => {
  const { rules } = createTestRules(({ category }) =>
    category === 'films' ? { rule: 'r', route: 'a1b2', priority: { progress: 1 } } : null,
  );
  const world = startWorld({ rules });
  world.set(a, { progress: 0.5 });
  world.set(b, { progress: 0.5, category: 'films' });
  for (const key of [a, b]) world.track(key);
  await world.pass(10 * SECOND);
  const routedOf = (key: string) => {
    const { route, rule, priority } = world.phone.accepted.find((one) => one.key === key) ?? assert.fail();
    return { route, rule, priority };
  };
  assert.deepEqual(routedOf(a), { route: undefined, rule: undefined, priority: undefined });
  assert.deepEqual(routedOf(b), { route: 'a1b2', rule: 'r', priority: 1 });
});
