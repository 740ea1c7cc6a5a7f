/** A failure of qBittorrent is the same event for each request. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { QbittorrentRequest } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [first, second] = [hashOf(1), hashOf(2)];

/** A world five minutes after its start, in which each kind of request is made. */
async function startBusy(): Promise<World> {
  const world = startWorld({ policy: { discoverInterval: MINUTE, installHook: true } });
  for (const hash of [first, second]) world.set(hash, { progress: 0.5 });
  await world.pass(5 * MINUTE);
  return world;
}

const SCRIPT_NAMES = {
  poll: 'observe',
  list: 'list',
  scan: 'scan',
  newest: 'newest',
  hook: 'ensure',
} as const satisfies Partial<Record<QbittorrentRequest, keyof World['script']>>;
type Request = keyof typeof SCRIPT_NAMES;

/** The next `times` requests of this kind fail. */
function fail({ script }: World, request: Request, kind: 'unauthorized' | 'broken', times: number): void {
  const name = SCRIPT_NAMES[request];
  const real = script[name] as (...args: unknown[]) => unknown;
  let left = times;
  Object.assign(script, {
    [name]: (...args: unknown[]) => {
      if (left <= 0) return real(...args);
      left -= 1;
      return failure(kind);
    },
  });
}

/** Causes this request. */
function provoke({ supervisor, torrents }: World, request: Request): void {
  if (request === 'scan') supervisor.send({ type: 'rescan' });
  if (request === 'list') torrents.delete(second);
  if (request === 'hook') supervisor.getSnapshot().children.hookInstaller?.send({ type: 'hook.refused' });
}

const failuresOf = ({ events }: World) =>
  events.flatMap((event) =>
    event.type === 'qbittorrent.failed' ? [`${event.during} ${event.failure.kind}`] : [],
  );

describe('a session that is lost', () => {
  for (const request of Object.keys(SCRIPT_NAMES) as Request[]) {
    test(`is detected by the request "${request}": one login and one scan follow, and no incident`, async () => {
      const world = await startBusy();
      fail(world, request, 'unauthorized', 1);
      const since = world.clock.now();
      provoke(world, request);
      await world.pass(2 * MINUTE);
      assert.deepEqual(failuresOf(world), [`${request} unauthorized`]);
      assert.equal(world.count('login', since), 1);
      assert.equal(world.count('scan', since), request === 'scan' ? 2 : 1);
      assert.ok(world.count('observe', since) >= 20, 'polls continue');
      assert.ok(!world.published().some(({ kind }) => kind === 'incident'));
    });
  }
});

describe('a request that fails for ten minutes while all others succeed', () => {
  for (const [request, expected] of [
    ['newest', ['incident']],
    ['scan', []],
  ] as const) {
    test(`with nothing tracked is ${expected.length === 0 ? 'no' : 'one'} incident if it is "${request}"`, async () => {
      const world = startWorld({ policy: { discoverInterval: request === 'newest' ? MINUTE : null } });
      await world.pass(SECOND);
      fail(world, request, 'broken', Infinity);
      provoke(world, request);
      await world.pass(10 * MINUTE);
      assert.ok(failuresOf(world).length >= 9);
      assert.deepEqual(
        world.published().map(({ kind }) => kind),
        expected,
      );
    });
  }

  test('is no incident while polls succeed', async () => {
    const world = await startBusy();
    fail(world, 'newest', 'broken', Infinity);
    fail(world, 'scan', 'broken', Infinity);
    provoke(world, 'scan');
    await world.pass(10 * MINUTE);
    assert.ok(world.count('scan') >= 10 && world.count('newest') >= 10);
    assert.ok(!world.published().some(({ kind }) => kind === 'incident'));
  });
});

test('a login that is refused is an incident, and no lost session', async () => {
  const world = startWorld();
  world.script.login = () => failure('unauthorized');
  await world.pass(HOUR - MINUTE);
  assert.deepEqual([...new Set(failuresOf(world))], ['login unauthorized']);
  assert.equal(world.count('login'), 6);
  assert.equal(world.published().filter(({ kind }) => kind === 'incident').length, 1);
});
