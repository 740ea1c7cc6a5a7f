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

/** The top-level state of each torrent. */
const statesOf = (world: World) => [...actorsOf(world).values()].map((state) => /\w+/.exec(state)?.[0]);

/** Ends the session: qBittorrent refuses all requests until the next login. */
function endSession(world: World): void {
  world.script.session.open = false;
}

describe('the same hash', () => {
  test('tracked twice has one actor, one record and one card', async () => {
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

  test('from the hook and from the scan is one torrent', async () => {
    const world = startWorld();
    world.set(first, { progress: 0.5 });
    world.track(first);
    await world.pass(10 * SECOND);
    assert.deepEqual([...actorsOf(world).keys()], [first]);
    assert.equal(world.published().length, 1);
  });
});

describe('at the start', () => {
  test('torrents that are already downloading are found without a hook', async () => {
    const world = startWorld();
    for (const hash of [first, second]) world.set(hash, { progress: 0.5 });
    complete(world, third);
    await world.pass(10 * SECOND);
    assert.deepEqual([...actorsOf(world).keys()].toSorted(), [first, second]);
    assert.deepEqual([world.count('login'), world.count('scan')], [1, 1]);
  });

  test('stored torrents are tracked, and no notification is repeated', async () => {
    const card = { percent: 50, phase: 'downloading' } as const;
    const world = startWorld({ records: [{ ...createRecord(first, 0), shown: card, card: true }] });
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

  test('a scan that fails is repeated with exponential backoff, and delays no hook', async () => {
    const world = startWorld();
    world.script.scan = () => failure('broken');
    world.set(first, { progress: 0.5 });
    world.track(first);
    await world.pass(HOUR);
    assert.ok(world.count('scan') > 5 && world.count('scan') <= 130, `${world.count('scan')} in an hour`);
    assert.ok(world.phone.cards.has(first));
  });

  test('without a torrent there is one login and one scan, then no request for 24 hours, and no timer', async () => {
    const world = startWorld();
    await world.pass(24 * HOUR);
    assert.deepEqual(
      world.calls.map(({ to }) => to),
      ['login', 'scan'],
    );
    assert.deepEqual(timersOf(world.clock), []);
  });
});

describe('a hook that is called without a session', () => {
  test('takes effect once there is a session', async () => {
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

  test('causes no additional login', async () => {
    const world = startWorld();
    world.script.login = () => failure('unauthorized');
    for (const hash of hashes(100)) world.track(hash);
    await world.pass(9 * MINUTE);
    assert.equal(world.count('login'), 1);
  });
});

/** A world that has tracked three torrents for minutes. */
const startTracking = async () => {
  const world = startWorld();
  for (const hash of [first, second, third]) world.set(hash, { progress: 0.5 });
  await world.pass(5 * MINUTE);
  return world;
};

describe('a session that is lost', () => {
  test('returns all torrents to the login state; one login and one scan follow', async () => {
    const world = await startTracking();
    const { login } = world.script;
    world.script.login = () => failure('unreachable');
    endSession(world);
    await world.pass(6 * SECOND);
    assert.deepEqual(statesOf(world), ['login', 'login', 'login']);
    world.script.login = login;
    const [since, before] = [world.clock.now(), world.events.length];
    const fourth = hashOf(4);
    world.set(fourth, { progress: 0.1 });
    await world.pass(MINUTE);
    // A login may have been in flight when qBittorrent worked again, so sessions are counted instead of logins.
    assert.equal(world.events.slice(before).filter(({ type }) => type === 'session.ready').length, 1);
    assert.equal(world.count('scan', since), 1);
    assert.ok(actorsOf(world).has(fourth), 'a torrent that was added in the meantime is found');
    assert.ok(statesOf(world).every((state) => state !== 'login'));
  });

  test('costs exactly one login, and no notification is repeated', async () => {
    const world = await startTracking();
    const published = world.published().length;
    endSession(world);
    await world.pass(MINUTE);
    assert.equal(world.count('login'), 2);
    assert.equal(world.published().length, published);
  });

  test('during a completion does not lose it', async () => {
    const world = await startTracking();
    world.script.publish = () => failure('unreachable');
    complete(world, first);
    await world.pass(10 * SECOND);
    endSession(world);
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(5 * MINUTE);
    assert.ok(world.phone.cards.has(`${first}-done`));
    assert.ok(!world.phone.cards.has(first));
  });
});

describe('a torrent that ends', () => {
  test('leaves no record, no actor, no request and no timer', async () => {
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
  test(`a qBittorrent that answers "${kind}" for an hour makes no torrent missing, and costs no login`, async () => {
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
