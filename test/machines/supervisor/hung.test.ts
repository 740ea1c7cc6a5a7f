/** Requests that neither succeed nor fail. Each has a time limit in `src/`: these tests cover a bug there. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OverdueError, overdueAfter } from '../../../machines/watchdog.ts';
import type { RequestName } from '../../../machines/watchdog.ts';
import { failure, hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { completionsOf, isOver, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [first, second, third] = [hashOf(1), hashOf(2), hashOf(3)];

const REQUESTS = [
  'login',
  'observe',
  'settings',
  'list',
  'newest',
  'scan',
  'ensure',
  'publish',
  'allowance',
] as const satisfies readonly RequestName[];

const complete = (world: World, hash: string) => world.set(hash, { progress: 1, phase: 'complete' });

/** A world that makes each kind of request within the next minutes: a completion, a lost session, a missing torrent. */
async function startBusy(): Promise<World> {
  const world = startWorld({ policy: { rate: 'auto', discoverInterval: MINUTE, installHook: true } });
  for (const hash of [first, second, third]) world.set(hash, { progress: 0.5 });
  await world.pass(MINUTE);
  return world;
}

async function provoke(world: World, request: RequestName): Promise<void> {
  // The allowance is requested again after ten minutes.
  await world.pass(11 * MINUTE);
  world.torrents.delete(third);
  complete(world, first);
  // A lost session would cancel the request for the newest torrents.
  if (request !== 'newest') world.script.session.open = false;
}

/** The requests that counted as hung, in the order in which their services crashed. */
const crashesOf = ({ events }: World): string[] =>
  events.flatMap((event) => {
    if (event.type !== 'service.crashed') return [];
    const { error } = event;
    assert.ok(error instanceof OverdueError);
    return [error.message.split(' ')[0] ?? ''];
  });

const storeNotices = ({ phone }: World): number =>
  phone.accepted.filter(({ kind, key }) => kind === 'incident' && key === 'store').length;

/** Advances the time until `count` requests hang. */
async function untilHung({ script, pass }: World, count: number): Promise<void> {
  for (let second = 0; script.hung.length < count; second += 1) {
    assert.ok(second < 3600, 'no such request was made');
    await pass(SECOND);
  }
}

for (const request of REQUESTS) {
  describe(`a ${request} that never settles`, () => {
    test('crashes its service after three times its maximum duration, and no sooner', async () => {
      const world = await startBusy();
      await provoke(world, request);
      world.script.hangs[request] = 1;
      await untilHung(world, 1);
      await world.pass(overdueAfter(request) - 2 * SECOND);
      assert.deepEqual(crashesOf(world), []);
      assert.equal(world.script.hung[0]?.aborted, false);
      await world.pass(2 * SECOND);
      assert.deepEqual(crashesOf(world), [request]);
      assert.equal(world.script.hung[0]?.aborted, true, 'it can have no later effect');
    });

    test('loses and repeats no completion', async () => {
      const world = await startBusy();
      await provoke(world, request);
      world.script.hangs[request] = 1;
      await untilHung(world, 1);
      complete(world, second);
      await world.pass(overdueAfter(request) + 15 * MINUTE);
      assert.deepEqual(crashesOf(world), [request]);
      const completed = world.phone.accepted.flatMap(({ kind, key }) => (kind === 'completion' ? [key] : []));
      assert.deepEqual(completed.toSorted(), [first, second]);
      assert.ok(isOver(world));
    });

    test('crashes its service at most eight times in four hours when it is repeated', async () => {
      const world = await startBusy();
      await provoke(world, request);
      world.script.hangs[request] = Infinity;
      const crashes: number[] = [];
      world.supervisor.subscribe(() => {
        while (crashes.length < crashesOf(world).length) crashes.push(world.clock.now());
      });
      await world.pass(4 * HOUR);
      const gaps = crashes.slice(1).map((at, n) => at - (crashes[n] ?? 0));
      for (const gap of gaps) assert.ok(gap >= overdueAfter(request), `a pause of ${gap} ms`);
      assert.ok(crashes.length > 1 && crashes.length <= 8, `${crashes.length} crashes in four hours`);
      assert.ok(world.script.hung.slice(0, -4).every(({ aborted }) => aborted));
      if (world.supervisor.getSnapshot().status !== 'active') assert.deepEqual(timersOf(world.clock), []);
    });
  });
}

test('a message in flight is sent again after a crash, for the same card', async () => {
  const world = await startBusy();
  complete(world, first);
  complete(world, second);
  world.script.hangs.publish = 2;
  await untilHung(world, 2);
  await world.pass(overdueAfter('publish') + MINUTE);
  const keys = completionsOf(world).map(({ key }) => key);
  assert.deepEqual(keys.toSorted(), [first, first, second, second]);
  assert.deepEqual([...world.phone.cards.keys()].filter((card) => card.endsWith('-done')).length, 2);
});

test('a service that crashes leaves none of its actors behind', async () => {
  const world = await startBusy();
  world.script.list = () => failure('broken');
  const { observe } = world.script;
  world.torrents.delete(third);
  await world.pass(MINUTE);
  assert.ok(world.count('list') > 0);
  world.script.observe = () => {
    world.script.observe = observe;
    return { ok: true, value: null as never };
  };
  await world.pass(10 * SECOND);
  world.set(third, { progress: 0.6 });
  await world.pass(10 * SECOND);
  assert.equal(world.count('login'), 2);
  const lists = world.count('list');
  await world.pass(HOUR);
  assert.equal(world.count('list'), lists, 'no torrent is missing');
});

test('an incident of the store survives a crash of the outbox, is sent once and is resolved', async () => {
  const world = await startBusy();
  world.script.hangs.publish = 1;
  world.supervisor.send({ type: 'store.degraded', problem: 'The state is only in memory.' });
  await untilHung(world, 1);
  await world.pass(overdueAfter('publish') + MINUTE);
  assert.deepEqual(crashesOf(world), ['publish']);
  assert.equal(world.phone.cards.get('store')?.kind, 'incident');
  assert.equal(storeNotices(world), 1);
  // Another crash repeats no message, and the card is still known.
  world.script.hangs.observe = 1;
  await world.pass(overdueAfter('observe') + 2 * MINUTE);
  assert.deepEqual(crashesOf(world), ['publish', 'observe']);
  assert.equal(storeNotices(world), 1);
  world.supervisor.send({ type: 'store.restored' });
  await world.pass(MINUTE);
  assert.equal(world.phone.cards.get('store')?.kind, 'incident-resolved');
});

test('rare crashes do not end the process', async () => {
  const world = await startBusy();
  for (let count = 1; count <= 5; count += 1) {
    world.script.hangs.observe = 1;
    await untilHung(world, count);
    await world.pass(overdueAfter('observe') + MINUTE);
    if (count >= 3) await world.pass(2 * HOUR);
  }
  assert.equal(crashesOf(world).length, 5);
  assert.equal(world.supervisor.getSnapshot().status, 'active');
});
