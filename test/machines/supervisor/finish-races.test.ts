/** A finish hook together with an old answer, a clock that was set back or a torrent that was added again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import { failure, hashOf, HOUR, MINUTE, ok, SECOND, seen } from '../fixtures.ts';
import { completionsOf, startWorld } from '../../support/world.ts';

const [a, b] = [hashOf(1), hashOf(2)];

test('a list that was created before the finish hook does not refute it, however late it arrives', async () => {
  const world = startWorld();
  world.set(a, { progress: 0.5, phase: 'metadata', v1: a });
  world.track(a);
  await world.pass(10 * SECOND);
  // Its ID changes, and the list that shows the new ID arrives late.
  world.script.latency.list = 14_000;
  const later = seen({ hash: b, v1: a, v2: b, progress: 0.2 });
  world.torrents.delete(a);
  world.torrents.set(b, later);
  const before = world.count('list');
  while (world.count('list') === before) await world.pass(100);
  world.script.list = () => {
    world.script.list = () => ok([...world.torrents.values()]);
    return ok([later]);
  };
  await world.pass(3 * SECOND);
  world.torrents.delete(b);
  world.finish(b);
  await world.pass(5 * MINUTE);
  assert.equal(completionsOf(world).length, 1);
});

test('a finish hook of a torrent that was added again while its card is deleted applies to the new download', async () => {
  const world = startWorld();
  world.set(a, { progress: 0.5 });
  world.track(a);
  await world.pass(10 * SECOND);
  const { publish } = world.script;
  world.script.publish = () => failure('unreachable');
  world.torrents.delete(a);
  await world.pass(40 * SECOND);
  assert.equal(world.records()[0]?.stage, 'removed');
  world.set(a, { progress: 0.1 });
  world.track(a);
  await world.pass(40 * SECOND);
  world.set(a, { progress: 1, phase: 'complete', finishedAt: 12_345 });
  world.finish(a);
  await world.pass(40 * SECOND);
  world.script.publish = publish;
  await world.pass(20 * MINUTE);
  assert.equal(world.phone.accepted.filter(({ kind }) => kind === 'completion').length, 1);
});

test('a finish hook whose time is in the future, since the clock was set back, is also refuted', async () => {
  const record = { ...createRecord(a, 0), card: true, highest: 50, finishHookAt: HOUR };
  const world = startWorld({ records: [record] });
  world.set(a, { progress: 0.5 });
  await world.pass(MINUTE);
  world.torrents.delete(a);
  await world.pass(MINUTE);
  assert.deepEqual(completionsOf(world), []);
});
