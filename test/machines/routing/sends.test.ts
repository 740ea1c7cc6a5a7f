/** What a rule lets a torrent send. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification } from '../../../machines/domain.ts';
import type { SendKind } from '../../../machines/routing/types.ts';
import { hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { createTestRules, inCategory } from '../../support/rules.ts';
import { isOver, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const a = hashOf(1);

const kindsOf = ({ phone }: World): Notification['kind'][] => phone.accepted.map(({ kind }) => kind);

/** A world in which one rule matches everything. */
function startWith(send: readonly SendKind[], over: { isDecided?: boolean } = {}) {
  const { rules } = createTestRules(() => ({ rule: 'all', send, ...over }));
  return startWorld({ rules, policy: { stalledAfter: MINUTE, stallTime: MINUTE, rate: null } });
}

/** Downloads, stalls for minutes, downloads and ends. */
async function live(world: World, end: 'complete' | 'removed'): Promise<void> {
  world.set(a, { progress: 0.3 });
  world.track(a);
  await world.pass(20 * SECOND);
  world.set(a, { phase: 'stalled' });
  await world.pass(3 * MINUTE);
  world.set(a, { phase: 'downloading', progress: 0.6 });
  await world.pass(20 * SECOND);
  if (end === 'complete') world.set(a, { phase: 'complete', progress: 1 });
  else world.torrents.delete(a);
  await world.pass(3 * MINUTE);
}

describe('a rule that sends', () => {
  test('nothing: the torrent is tracked and ends silently, complete or removed', async () => {
    for (const end of ['complete', 'removed'] as const) {
      const world = startWith([]);
      await live(world, end);
      assert.deepEqual(world.published(), []);
      assert.ok(isOver(world));
      assert.equal(world.events.filter(({ type }) => type === 'torrent.finished').length, 1);
    }
  });

  test('only completions sends one, and no card before it', async () => {
    const world = startWith(['completion']);
    await live(world, 'complete');
    assert.deepEqual(kindsOf(world), ['completion']);
    assert.ok(isOver(world));
  });

  test('only progress deletes the card at the end, and makes no sound', async () => {
    const world = startWith(['progress']);
    await live(world, 'complete');
    assert.deepEqual(new Set(kindsOf(world)), new Set(['progress', 'card-delete']));
    assert.deepEqual([world.phone.cards.size, world.phone.sounds.size], [0, 0]);
    assert.ok(isOver(world));
  });

  test('only alerts sends the alert and deletes it when the torrent works again', async () => {
    const world = startWith(['alerts']);
    await live(world, 'complete');
    assert.deepEqual(kindsOf(world), ['alert', 'alert-clear']);
    assert.equal(world.phone.cards.size, 0);
  });

  test('removals sends one when the torrent is gone without a completion, after which its card is deleted', async () => {
    const world = startWith(['progress', 'completion', 'removed']);
    await live(world, 'removed');
    assert.deepEqual(kindsOf(world).slice(-2), ['removed', 'card-delete']);
    const removed = world.phone.accepted.find(({ kind }) => kind === 'removed');
    assert.ok(removed?.kind === 'removed');
    assert.deepEqual([removed.name, removed.percent, removed.rule], ['debian.iso', 60, 'all']);
    assert.ok(isOver(world));
  });

  test('removals sends none for a torrent that is complete, or that no poll has shown', async () => {
    const world = startWith(['progress', 'completion', 'removed']);
    world.track(hashOf(9));
    await live(world, 'complete');
    assert.ok(isOver(world));
    assert.equal(kindsOf(world).includes('removed'), false);
  });
});

/** The record of a download whose rule sends this. */
async function recordAfter(send: readonly SendKind[]) {
  const world = startWith(send);
  world.set(a, { progress: 0.3 });
  world.track(a);
  await world.pass(20 * SECOND);
  return world.records();
}

describe('a removal while the process does not run', () => {
  test('is announced with the name, the percent and the rule of before', async () => {
    const records = await recordAfter(['progress', 'removed']);
    const { rules } = createTestRules(() => ({ rule: 'all', send: ['progress', 'removed'] }));
    const world = startWorld({ rules, records });
    await world.pass(3 * MINUTE);
    const removed = world.phone.accepted.find(({ kind }) => kind === 'removed');
    assert.ok(removed?.kind === 'removed');
    assert.deepEqual([removed.name, removed.percent, removed.rule], ['debian.iso', 30, 'all']);
    assert.equal(kindsOf(world).filter((kind) => kind === 'removed').length, 1);
    assert.ok(isOver(world));
  });

  test('is not announced if its rule did not want that, or if there are no rules any more', async () => {
    const { rules } = createTestRules(() => ({ rule: 'all', send: ['progress', 'removed'] }));
    for (const [before, options] of [
      [['progress'], { rules }],
      [['progress', 'removed'], {}],
    ] as const) {
      const world = startWorld({ ...options, records: await recordAfter(before) });
      await world.pass(3 * MINUTE);
      assert.deepEqual(kindsOf(world), ['card-delete']);
      assert.ok(isOver(world));
    }
  });
});

test('without rules, no addition and no removal is announced', async () => {
  const world = startWorld();
  await live(world, 'removed');
  assert.deepEqual(new Set(kindsOf(world)), new Set(['progress', 'card-delete']));
});

describe('while the rule is not decided', () => {
  test('only alerts are sent', async () => {
    const world = startWith(['progress', 'completion', 'alerts', 'added', 'removed'], { isDecided: false });
    await live(world, 'removed');
    assert.deepEqual(kindsOf(world), ['alert', 'alert-clear']);
  });

  test('nothing is sent to the wrong topic; as soon as it is decided, the card appears on the right one', async () => {
    const { rules } = createTestRules(({ size }) =>
      size === null ? { isDecided: false } : { rule: 'large', route: 'large' },
    );
    const world = startWorld({ rules });
    world.set(a, { progress: 0.1, size: 0 });
    world.track(a);
    await world.pass(MINUTE);
    assert.deepEqual(world.published(), []);
    world.set(a, { size: 1_000_000 });
    await world.pass(10 * SECOND);
    assert.deepEqual([...world.phone.cards.keys()], [`large/${a}`]);
  });

  test('a completion is sent all the same: the size of a finished torrent is known', async () => {
    const world = startWith(['progress', 'completion'], { isDecided: false });
    await live(world, 'complete');
    assert.deepEqual(kindsOf(world), ['alert', 'alert-clear', 'completion']);
  });
});

describe('an excluded completion', () => {
  test('is not sent by a late finish hook either, also not by the one of a share limit that removed the torrent', async () => {
    const world = startWith([]);
    world.set(a, { progress: 0.5 });
    world.track(a);
    await world.pass(20 * SECOND);
    world.finish(a);
    world.torrents.delete(a);
    await world.pass(MINUTE);
    assert.ok(isOver(world));
    assert.deepEqual(world.published(), []);
  });

  test('stays excluded when the process was killed before it saw the end', async () => {
    const { rules } = createTestRules(() => ({ rule: 'all', send: [], route: 'films' }));
    const before = startWorld({ rules });
    before.set(a, { progress: 0.5 });
    before.track(a);
    await before.pass(20 * SECOND);
    const [record] = before.records();
    assert.ok(record !== undefined);
    const world = startWorld({ rules, records: [record] });
    world.finish(a);
    await world.pass(HOUR);
    assert.ok(isOver(world));
    assert.deepEqual(world.published(), []);
  });
});

test('a card goes when its rule starts to exclude progress, and comes back when it does not any more', async () => {
  const { rules } = createTestRules(({ category }) => ({
    rule: 'r',
    send: category === 'hidden' ? ['completion'] : ['progress', 'completion'],
  }));
  const world = startWorld({ rules });
  world.set(a, { progress: 0.3, ...inCategory('shown') });
  world.track(a);
  await world.pass(10 * SECOND);
  assert.deepEqual([...world.phone.cards.keys()], [a]);
  world.set(a, { progress: 0.4, ...inCategory('hidden') });
  await world.pass(30 * SECOND);
  assert.equal(world.phone.cards.size, 0);
  world.set(a, { progress: 0.5, ...inCategory('shown') });
  await world.pass(30 * SECOND);
  assert.deepEqual([...world.phone.cards.keys()], [a]);
  world.set(a, { progress: 1, phase: 'complete' });
  await world.pass(MINUTE);
  assert.deepEqual([...world.phone.cards.keys()], [`${a}-done`]);
  assert.ok(isOver(world));
});
