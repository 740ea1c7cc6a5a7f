import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createActor, createMachine, assign } from 'xstate';
import { charts } from '../../src/charts/index.ts';
import { createInspector } from '../../src/inspector/index.ts';
import type { ActorStep } from '../../src/inspector/index.ts';
import { failure, hashOf, SECOND } from '../machines/fixtures.ts';
import { startWorld } from '../support/world.ts';
import { countObservers } from './setup.ts';

test('the actors are inspected only while there are listeners, once for all of them', () => {
  const { supervisor } = startWorld();
  const observers = countObservers(supervisor);
  const inspector = createInspector(supervisor);
  assert.equal(observers.now, 0);
  const ends = [inspector.watch(() => {}), inspector.watch(() => {}), inspector.watch(() => {})];
  assert.equal(observers.now, 1);
  ends[0]?.();
  ends[0]?.();
  ends[1]?.();
  assert.equal(observers.now, 1, 'unsubscribing twice counts once');
  ends[2]?.();
  assert.equal(observers.now, 0);
  inspector.watch(() => {})();
  assert.equal(observers.now, 0);
});

test('the steps are deleted when the last listener leaves', async () => {
  const world = startWorld();
  const inspector = createInspector(world.supervisor);
  const end = inspector.watch(() => {});
  await world.pass(SECOND);
  assert.ok(inspector.stepsOf('session').length > 0);
  end();
  assert.deepEqual(inspector.stepsOf('session'), []);
});

test('each step of a download is reported with its states', async () => {
  const world = startWorld();
  const hash = hashOf(1);
  const seen: ActorStep[] = [];
  createInspector(world.supervisor).watch((step) => void seen.push({ ...step }));
  world.set(hash, { progress: 0.1 });
  world.track(hash);
  await world.pass(20 * SECOND);
  world.set(hash, { progress: 1, phase: 'complete' });
  await world.pass(20 * SECOND);

  const torrent = seen.filter(({ actor }) => actor === hash);
  assert.ok(torrent.every(({ machine }) => machine === 'torrent'));
  const way = torrent.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1]);
  assert.deepEqual(way, [
    'login',
    'polling.unknown',
    'notifying.progress.waiting',
    'polling.downloading',
    'notifying.completion',
    'notifying.cardDeletion',
    'complete',
  ]);
  assert.deepEqual(
    torrent.slice(1).map(({ from }) => from),
    torrent.slice(0, -1).map(({ state }) => state),
  );
  assert.deepEqual(torrent.find(({ state }) => state === 'complete')?.event, 'notification.settled');
  assert.equal(new Set(seen.map(({ seq }) => seq)).size, seen.length);
  assert.deepEqual(
    new Set(seen.map(({ machine }) => machine)),
    new Set(['torrent', 'shard', 'supervisor', 'session', 'watcher', 'outbox', 'discovery']),
  );
});

test('every reported transition is on the chart of its machine', async () => {
  const world = startWorld();
  const seen: ActorStep[] = [];
  createInspector(world.supervisor).watch((step) => void seen.push({ ...step }));
  world.set(hashOf(1), { progress: 0.1 });
  world.track(hashOf(1));
  await world.pass(10 * SECOND);
  world.script.observe = () => failure('unreachable');
  await world.pass(200 * SECOND);
  assert.ok(seen.some(({ machine, state }) => machine === 'incident' && state === 'raised'));
  for (const { machine, taken, state } of seen) {
    const chart = charts[machine];
    for (const key of taken) assert.ok(chart.includes(`data-key="${key}"`), `${machine}: ${key}`);
    for (const path of state.split(' '))
      assert.ok(chart.includes(`data-state="${path}"`), `${machine}: ${path}`);
  }
});

test('polls without changes are counted in one step and do not displace others', async () => {
  const world = startWorld();
  const hash = hashOf(1);
  const inspector = createInspector(world.supervisor);
  inspector.watch(() => {});
  world.set(hash, { progress: 0.1 });
  world.track(hash);
  await world.pass(120 * SECOND);
  const last = inspector.stepsOf(hash).at(-1);
  assert.equal(last?.event, 'torrent.observed');
  assert.ok((last?.times ?? 0) > 15);
  assert.ok(inspector.stepsOf(hash).length < 10);
});

test('the number of stored steps is limited', async () => {
  const world = startWorld();
  const inspector = createInspector(world.supervisor, { size: 20 });
  inspector.watch(() => {});
  for (let n = 0; n < 50; n += 1) {
    world.set(hashOf(n));
    world.track(hashOf(n));
  }
  await world.pass(60 * SECOND);
  const services = [
    'session',
    'watcher',
    'outbox',
    'incident',
    'discovery',
    'hookInstaller',
    'digest',
    'summary',
  ];
  const actors = [world.supervisor.id, ...services];
  for (let n = 0; n < 50; n += 1) actors.push(hashOf(n));
  for (let n = 0; n < 256; n += 1) actors.push(`shard.${n.toString(16).padStart(2, '0')}`);
  assert.equal(actors.flatMap((actor) => inspector.stepsOf(actor)).length, 20);
});

const PLANTED = 'xyzzy-planted-secret';

test('a secret in a context, an input, an output, an event or an error is in no step', () => {
  const machine = createMachine(
    {
      id: 'session',
      context: ({ input }: { input: unknown }) => ({ input, planted: PLANTED }),
      initial: 'off',
      states: {
        off: {
          on: { turn: { target: 'on', actions: ['keep', { type: 'use', params: { planted: PLANTED } }] } },
        },
        on: { type: 'final' },
      },
      output: { planted: PLANTED },
    },
    { actions: { keep: assign({ planted: PLANTED }), use: () => {} } },
  );
  const actor = createActor(machine, { input: { password: PLANTED } });
  const seen: ActorStep[] = [];
  const inspector = createInspector(actor);
  inspector.watch((step) => void seen.push(step));
  actor.start();
  actor.send({ type: 'turn', password: PLANTED, error: new Error(PLANTED) });
  assert.equal(seen.at(-1)?.state, 'on');
  assert.deepEqual(Object.keys(seen[0] ?? {}).toSorted(), [
    'actor',
    'at',
    'event',
    'from',
    'machine',
    'seq',
    'state',
    'taken',
    'times',
  ]);
  assert.doesNotMatch(JSON.stringify([seen, inspector.stepsOf(actor.id)]), /planted/);
});

test('a listener that throws does not affect the actors', () => {
  const machine = createMachine({
    id: 'session',
    initial: 'off',
    states: { off: { on: { turn: 'on' } }, on: { on: { turn: 'off' } } },
  });
  const actor = createActor(machine).start();
  const errors: unknown[] = [];
  createInspector(actor, { onError: (error) => void errors.push(error) }).watch(() => {
    throw new Error('a bug of the page');
  });
  actor.send({ type: 'turn' });
  assert.equal(actor.getSnapshot().value, 'on');
  actor.send({ type: 'turn' });
  assert.equal(actor.getSnapshot().value, 'off');
  assert.equal(errors.length, 2);
});
