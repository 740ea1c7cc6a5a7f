import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findShownActor } from '../../src/page/actors.ts';
import { hashOf, SECOND } from '../machines/fixtures.ts';
import { startWorld } from '../support/world.ts';
import { countObservers, countTimers, startApp, startScene, take } from './setup.ts';

test('without viewers there is no listener and no timer, before and after the first viewer', async (t) => {
  const world = startWorld();
  const observers = countObservers(world.supervisor);
  const timers = countTimers();
  const { board } = startScene(t, world);
  world.set(hashOf(1));
  world.track(hashOf(1));
  await world.pass(10 * SECOND);
  assert.deepEqual([observers.now, countTimers()], [0, timers], 'no viewer yet');

  const viewers = [
    board.join(null, ''),
    board.join(findShownActor(hashOf(1), world.supervisor), ''),
    board.join(null, ''),
  ];
  await Promise.all(viewers.map(take));
  assert.deepEqual([observers.now, countTimers()], [1, timers + 1], 'one listener and one heartbeat for all');
  world.set(hashOf(1), { progress: 0.9 });
  await world.pass(10 * SECOND);
  assert.equal(countTimers(), timers + 2, 'a change is sent soon');

  viewers[0]?.leave();
  viewers[1]?.leave();
  assert.equal(observers.now, 1);
  viewers[2]?.leave();
  assert.deepEqual([observers.now, countTimers()], [0, timers], 'no listener is left');
});

test('loading the page leaves no listener and no timer', async (t) => {
  const { call, world } = startApp(t);
  const observers = countObservers(world.supervisor);
  const timers = countTimers();
  for (const path of ['/', '/?show=session', '/page.js', '/page.css', '/icon.svg']) {
    assert.equal((await call(path)).status, 200, path);
  }
  assert.equal((await call('/events', { method: 'HEAD' })).status, 200);
  assert.deepEqual([observers.now, countTimers()], [0, timers]);
});

test('a viewer that stopped reading is disconnected, and the listener is removed', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const { world, board } = startScene(t);
  const observers = countObservers(world.supervisor);
  const viewer = board.join(null, '');
  await viewer?.next();
  t.mock.timers.tick(45_000);
  assert.equal(observers.now, 1, 'a slow viewer stays connected');
  t.mock.timers.tick(30_000);
  assert.equal(observers.now, 0);
  assert.equal(await viewer?.next(), null);
});

test('a viewer that reads is never disconnected', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const { board } = startScene(t);
  const viewer = board.join(null, '');
  await viewer?.next();
  for (let beats = 0; beats < 20; beats += 1) {
    t.mock.timers.tick(15_000);
    assert.notEqual(await viewer?.next(), null);
  }
});
