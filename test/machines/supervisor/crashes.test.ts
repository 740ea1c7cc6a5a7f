/** A crashed torrent is restarted from its record, a crashed service with all others, and finally the process ends. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, HOUR, MINUTE, ok, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { actorsOf, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [first, second] = [hashOf(1), hashOf(2)];

const complete = (world: World, hash: string) => world.set(hash, { progress: 1, phase: 'complete' });
const bug = () => {
  throw new Error('a bug');
};

/** The times at which a torrent crashed. */
function crashesOf(world: World): number[] {
  const times: number[] = [];
  world.supervisor.subscribe(() => {
    const count = world.events.filter(({ type }) => type === 'torrent.crashed').length;
    while (times.length < count) times.push(world.clock.now());
  });
  return times;
}

async function startTwo() {
  const world = startWorld();
  for (const hash of [first, second]) world.set(hash, { progress: 0.5 });
  await world.pass(10 * SECOND);
  return world;
}

/** The next call of a service throws, and later calls succeed. */
function crashOnce(world: World, service: 'login' | 'observe' | 'scan'): void {
  const { script } = world;
  const good = script[service];
  Object.assign(script, {
    [service]: () => {
      Object.assign(script, { [service]: good });
      return bug();
    },
  });
}

describe('a torrent that crashes', () => {
  test('is restarted from its record, and sends no notification twice', async () => {
    const world = await startTwo();
    const before = world.published().length;
    world.script.poisoned.add(first);
    await world.pass(5 * SECOND);
    world.script.poisoned.clear();
    await world.pass(MINUTE);
    assert.deepEqual([...actorsOf(world).keys()].toSorted(), [first, second]);
    assert.equal(world.published().length, before);
    complete(world, first);
    await world.pass(MINUTE);
    assert.ok(world.phone.cards.has(`${first}-done`) && !world.phone.cards.has(first));
  });

  test('at each observation is restarted with exponential backoff, without end', async () => {
    const world = await startTwo();
    const crashes = crashesOf(world);
    world.script.poisoned.add(first);
    await world.pass(6 * HOUR);
    const gaps = crashes.slice(1).map((at, index) => at - (crashes[index] ?? 0));
    for (const [index, gap] of gaps.entries()) {
      const full = Math.min(10 * MINUTE, SECOND * 2 ** index);
      assert.ok(gap >= full / 2 && gap <= full + 10 * SECOND, `pause ${index} is ${gap} ms`);
    }
    assert.ok(crashes.length >= 40, `${crashes.length} in six hours`);
  });

  test('does not affect the others', async () => {
    const world = await startTwo();
    world.script.poisoned.add(first);
    await world.pass(HOUR);
    complete(world, second);
    await world.pass(MINUTE);
    assert.ok(world.phone.cards.has(`${second}-done`));
    assert.equal(world.supervisor.getSnapshot().status, 'active');
    assert.equal(world.count('login'), 1);
  });

  test('is not restarted after it ended', async () => {
    const world = await startTwo();
    world.script.poisoned.add(first);
    await world.pass(5 * MINUTE);
    world.script.poisoned.clear();
    world.torrents.clear();
    await world.pass(HOUR);
    assert.deepEqual([world.records(), [...actorsOf(world)], timersOf(world.clock)], [[], [], []]);
  });
});

describe('a service that crashes', () => {
  for (const service of ['login', 'observe', 'scan'] as const) {
    test(`(${service}) is restarted with all others, and each torrent from its record`, async () => {
      const world = await startTwo();
      await world.pass(2 * MINUTE);
      crashOnce(world, service);
      if (service !== 'observe') world.script.session.open = false;
      await world.pass(MINUTE);
      assert.equal(world.supervisor.getSnapshot().status, 'active');
      assert.deepEqual([...actorsOf(world).keys()].toSorted(), [first, second]);
      for (const hash of [first, second]) complete(world, hash);
      await world.pass(MINUTE);
      assert.deepEqual([...world.phone.cards.keys()].toSorted(), [`${first}-done`, `${second}-done`]);
    });
  }

  test('loses no completion that waits for ntfy', async () => {
    const world = await startTwo();
    world.script.publish = () => failure('unreachable');
    complete(world, first);
    await world.pass(10 * SECOND);
    crashOnce(world, 'observe');
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    assert.ok(world.phone.cards.has(`${first}-done`));
  });

  test('repeatedly ends the process', async () => {
    const world = startWorld();
    world.script.login = bug;
    await world.pass(MINUTE);
    assert.equal(world.supervisor.getSnapshot().value, 'failed');
    assert.ok(
      world.count('login') < 5,
      `${world.count('login')} logins: five refused logins would ban the address`,
    );
    await world.pass(HOUR);
    assert.deepEqual(timersOf(world.clock), []);
  });

  test('once an hour does not end the process', async () => {
    const world = await startTwo();
    for (let hour = 0; hour < 10; hour += 1) {
      crashOnce(world, 'observe');
      await world.pass(HOUR);
    }
    assert.equal(world.supervisor.getSnapshot().status, 'active');
    assert.deepEqual([...actorsOf(world).keys()].toSorted(), [first, second]);
  });
});

describe('two thousand torrents at once', () => {
  const hashes = Array.from({ length: 2000 }, (_, n) => hashOf(n));

  test('cost one login and one request a poll; all are tracked, and none is left at the end', async () => {
    const world = startWorld({ policy: { rate: null } });
    for (const hash of hashes) {
      world.set(hash, { progress: 0.5 });
      world.track(hash);
    }
    await world.pass(10 * SECOND);
    assert.equal(actorsOf(world).size, 2000);
    assert.equal(world.count('login'), 1);
    assert.ok(world.count('observe') <= 3, `${world.count('observe')} polls in ten seconds`);
    for (const hash of hashes) complete(world, hash);
    await world.pass(10 * MINUTE);
    const done = [...world.phone.cards.keys()].filter((card) => card.endsWith('-done'));
    assert.equal(done.length, 2000);
    assert.equal(world.phone.cards.size, 2000);
    assert.deepEqual([world.records(), timersOf(world.clock)], [[], []]);
  });

  test('continue after a lost session with one login', async () => {
    const world = startWorld({ policy: { rate: null } });
    for (const hash of hashes) world.set(hash, { progress: 0.5 });
    await world.pass(5 * MINUTE);
    world.script.session.open = false;
    await world.pass(MINUTE);
    assert.equal(world.count('login'), 2);
    assert.equal(actorsOf(world).size, 2000);
    assert.ok([...actorsOf(world).values()].every((state) => state !== '"login"'));
  });
});
