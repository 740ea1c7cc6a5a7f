import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { actorsOf, startWorld } from '../../support/world.ts';

const first = hashOf(1);

describe('a rescan for a hook that did not name its torrent', () => {
  test('finds the torrent at once, which is then tracked', async () => {
    const world = startWorld();
    await world.pass(MINUTE);
    world.set(first, { phase: 'unknown', progress: 0 });
    world.supervisor.send({ type: 'rescan' });
    await world.pass(SECOND);
    assert.deepEqual([...actorsOf(world).keys()], [first]);
  });

  test('is repeated when it was requested during a scan, whose answer may not contain the torrent', async () => {
    const world = startWorld();
    await world.pass(MINUTE);
    world.supervisor.send({ type: 'rescan' });
    const { scan } = world.script;
    world.script.scan = () => ok([]);
    await world.pass(20);
    world.set(first, { progress: 0 });
    world.supervisor.send({ type: 'rescan' });
    await world.pass(50);
    world.script.scan = scan;
    await world.pass(10 * SECOND);
    assert.deepEqual([...actorsOf(world).keys()], [first]);
  });

  test('happens at most twice a second when it is requested a thousand times in ten seconds', async () => {
    const world = startWorld();
    await world.pass(MINUTE);
    const since = world.clock.now();
    for (let times = 0; times < 1000; times += 1) {
      world.supervisor.send({ type: 'rescan' });
      await world.pass(10);
    }
    await world.pass(MINUTE);
    assert.ok(world.count('scan', since) <= 20, `${world.count('scan', since)} scans`);
    assert.ok(world.count('scan', since) >= 10, `${world.count('scan', since)} scans`);
  });

  test('waits for the session while there is none, and causes no login', async () => {
    const world = startWorld();
    const { login } = world.script;
    world.script.login = () => failure('unreachable');
    await world.pass(MINUTE);
    const before = world.count('login');
    for (let times = 0; times < 100; times += 1) world.supervisor.send({ type: 'rescan' });
    assert.deepEqual([world.count('login'), world.count('scan')], [before, 0]);
    world.set(first, { progress: 0.5 });
    world.script.login = login;
    await world.pass(2 * MINUTE);
    assert.deepEqual([...actorsOf(world).keys()], [first]);
  });
});
