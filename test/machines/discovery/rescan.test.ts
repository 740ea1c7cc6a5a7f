import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { actorsOf, startWorld } from '../world.ts';

const first = hashOf(1);

describe('a hook that could not name its torrent', () => {
  test('has it looked for at once, and followed', async () => {
    const world = startWorld();
    await world.pass(MINUTE);
    world.set(first, { phase: 'unknown', progress: 0 });
    world.supervisor.send({ type: 'rescan' });
    await world.pass(SECOND);
    assert.deepEqual([...actorsOf(world).keys()], [first]);
  });

  test('is heard although a look is under way that may not show it', async () => {
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

  test('a thousand times in ten seconds is a look a second at most', async () => {
    const world = startWorld();
    await world.pass(MINUTE);
    const since = world.clock.now();
    for (let times = 0; times < 1000; times += 1) {
      world.supervisor.send({ type: 'rescan' });
      await world.pass(10);
    }
    await world.pass(MINUTE);
    assert.ok(world.count('scan', since) <= 20, `${world.count('scan', since)} looks`);
    assert.ok(world.count('scan', since) >= 10, `${world.count('scan', since)} looks`);
  });

  test('while nobody is logged in waits for the session, and opens none', async () => {
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
