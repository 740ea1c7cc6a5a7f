import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHookHandlers } from '../../src/app/hook-handlers.ts';
import { createMetrics } from '../../src/metrics/index.ts';
import { hashOf, SECOND } from '../machines/fixtures.ts';
import { startWorld } from '../support/world.ts';

test('one scan finds the torrents of any number of refused hooks', async (t) => {
  const world = startWorld();
  await world.pass(10 * SECOND);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const handlers = createHookHandlers({
    supervisor: world.supervisor,
    metrics: createMetrics('1.2.3'),
  });
  const rescans = () => world.events.filter(({ type }) => type === 'rescan.requested').length;
  world.set(hashOf(1));
  for (let n = 0; n < 100; n += 1) handlers.refused(n % 2 === 0 ? 'track' : 'finished', 429);
  assert.equal(rescans(), 0);
  t.mock.timers.tick(10_000);
  assert.equal(rescans(), 1);
  handlers.refused('track', 429);
  handlers.refused('track', 403);
  t.mock.timers.tick(60_000);
  assert.equal(rescans(), 2);
  t.mock.timers.reset();
  await world.pass(10 * SECOND);
  assert.deepEqual([...world.supervisor.getSnapshot().context.registry.records.keys()], [hashOf(1)]);
});
