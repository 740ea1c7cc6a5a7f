import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import type { Failure } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, ok, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { actorsOf, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [first, second, third] = [hashOf(1), hashOf(2), hashOf(3)];

const complete = (world: World, hash: string) => world.set(hash, { progress: 1, phase: 'complete' });
const hashes = (count: number) => Array.from({ length: count }, (_, n) => hashOf(n));

/** The outermost state of each torrent. */
const statesOf = (world: World) => [...actorsOf(world).values()].map((state) => /\w+/.exec(state)?.[0]);

/** How a qBittorrent answers that forgot the session: until the next login nobody gets in. */
function forgetSession(world: World): void {
  world.script.session.open = false;
}

describe('the same hash', () => {
  test('twice is one actor, one record, one card', async () => {
    const world = startWorld();
    for (let count = 0; count < 10; count += 1) world.track(first);
    world.set(first, { progress: 0.5 });
    await world.pass(10 * SECOND);
    for (let count = 0; count < 10; count += 1) world.track(first);
    await world.pass(10 * SECOND);
    assert.deepEqual([...actorsOf(world).keys()], [first]);
    assert.equal(world.records().length, 1);
    assert.equal(world.published().length, 1);
  });

  test('from the hook and from the look around is one torrent', async () => {
    const world = startWorld();
    world.set(first, { progress: 0.5 });
    world.track(first);
    await world.pass(10 * SECOND);
    assert.deepEqual([...actorsOf(world).keys()], [first]);
    assert.equal(world.published().length, 1);
  });
});

describe('at the start', () => {
  test('what is on its way already is found: no hook is replayed', async () => {
    const world = startWorld();
    for (const hash of [first, second]) world.set(hash, { progress: 0.5 });
    complete(world, third);
    await world.pass(10 * SECOND);
    assert.deepEqual([...actorsOf(world).keys()].toSorted(), [first, second]);
    assert.deepEqual([world.count('login'), world.count('scan')], [1, 1]);
  });

  test('the records of an earlier life are followed on, and what was told is not told again', async () => {
    const told = { percent: 50, phase: 'downloading' } as const;
    const world = startWorld({ records: [{ ...createRecord(first, 0), shown: told, card: true }] });
    world.set(first, { progress: 0.5 });
    await world.pass(MINUTE);
    assert.deepEqual(world.published(), []);
    complete(world, first);
    await world.pass(MINUTE);
    assert.deepEqual(
      world.published().map(({ kind }) => kind),
      ['completion', 'card-delete'],
    );
  });

  test('a look around that fails is repeated ever more seldom, and holds up no hook', async () => {
    const world = startWorld();
    world.script.scan = () => failure('broken');
    world.set(first, { progress: 0.5 });
    world.track(first);
    await world.pass(HOUR);
    assert.ok(world.count('scan') > 5 && world.count('scan') <= 130, `${world.count('scan')} in an hour`);
    assert.ok(world.phone.cards.has(first));
  });

  test('with nothing to follow there is one login and one look, then nothing for 24 hours, and no timer', async () => {
    const world = startWorld();
    await world.pass(24 * HOUR);
    assert.deepEqual(
      world.calls.map(({ to }) => to),
      ['login', 'scan'],
    );
    assert.deepEqual(timersOf(world.clock), []);
  });
});

describe('a hook that comes while nobody is logged in', () => {
  test('is kept until there is a session', async () => {
    const world = startWorld();
    const { login } = world.script;
    world.script.login = () => failure('unreachable');
    world.set(first, { progress: 0.5 });
    world.track(first);
    await world.pass(HOUR);
    assert.deepEqual(statesOf(world), ['login']);
    world.script.login = login;
    await world.pass(2 * MINUTE);
    assert.ok(world.phone.cards.has(first));
  });

  test('makes no login of its own', async () => {
    const world = startWorld();
    world.script.login = () => failure('unauthorized');
    for (const hash of hashes(100)) world.track(hash);
    await world.pass(9 * MINUTE);
    assert.equal(world.count('login'), 1);
  });
});

/** Three torrents that are followed for minutes. */
const startFollowing = async () => {
  const world = startWorld();
  for (const hash of [first, second, third]) world.set(hash, { progress: 0.5 });
  await world.pass(5 * MINUTE);
  return world;
};

describe('a session that is lost', () => {
  test('sends everybody back to the login; one login serves all, and the list is looked through again', async () => {
    const world = await startFollowing();
    const { login } = world.script;
    world.script.login = () => failure('unreachable');
    forgetSession(world);
    await world.pass(6 * SECOND);
    assert.deepEqual(statesOf(world), ['login', 'login', 'login']);
    world.script.login = login;
    const [since, before] = [world.clock.now(), world.events.length];
    const fourth = hashOf(4);
    world.set(fourth, { progress: 0.1 });
    await world.pass(MINUTE);
    // A login may have been on its way when qBittorrent came back: what counts is that one session was opened.
    assert.equal(world.events.slice(before).filter(({ type }) => type === 'session.ready').length, 1);
    assert.equal(world.count('scan', since), 1);
    assert.ok(actorsOf(world).has(fourth), 'what was added meanwhile is found');
    assert.ok(statesOf(world).every((state) => state !== 'login'));
  });

  test('costs exactly one login, and no news is told twice', async () => {
    const world = await startFollowing();
    const told = world.published().length;
    forgetSession(world);
    await world.pass(MINUTE);
    assert.equal(world.count('login'), 2);
    assert.equal(world.published().length, told);
  });

  test('during a completion does not lose it', async () => {
    const world = await startFollowing();
    world.script.publish = () => failure('unreachable');
    complete(world, first);
    await world.pass(10 * SECOND);
    forgetSession(world);
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(5 * MINUTE);
    assert.ok(world.phone.cards.has(`${first}-done`));
    assert.ok(!world.phone.cards.has(first));
  });
});

describe('a torrent that ends', () => {
  test('leaves no record, no actor, no hash that is asked for, and no timer', async () => {
    const world = startWorld();
    for (const hash of [first, second, third]) world.set(hash, { progress: 0.5 });
    await world.pass(10 * SECOND);
    complete(world, first);
    complete(world, second);
    world.torrents.delete(third);
    await world.pass(2 * MINUTE);
    const since = world.clock.now();
    await world.pass(24 * HOUR);
    assert.deepEqual([world.records(), [...actorsOf(world)]], [[], []]);
    assert.deepEqual(timersOf(world.clock), []);
    assert.deepEqual(
      world.calls.filter(({ at }) => at >= since),
      [],
    );
    assert.deepEqual([...world.phone.cards.keys()].toSorted(), [`${first}-done`, `${second}-done`]);
  });
});

for (const kind of ['unreachable', 'broken', 'protocol', 'misdirected'] satisfies Failure['kind'][]) {
  test(`a qBittorrent that answers "${kind}" for an hour makes nobody gone, and costs no login`, async () => {
    const world = startWorld();
    world.set(first, { progress: 0.5 });
    await world.pass(10 * SECOND);
    const { observe } = world.script;
    world.script.observe = () => failure(kind);
    await world.pass(HOUR);
    assert.deepEqual([...actorsOf(world).keys()], [first]);
    assert.equal(world.count('login'), 1);
    world.script.observe = observe;
    complete(world, first);
    await world.pass(3 * MINUTE);
    assert.ok(world.phone.cards.has(`${first}-done`));
  });
}
