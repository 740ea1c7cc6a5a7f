/**
 * How many events a download costs, from its hook to its first card and from its completion to its end. Each event that
 * an actor of the shipped machines receives (`@xstate.event`) counts, except `xstate.init`, which starts an actor. The
 * time is simulated.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyActorRef } from 'xstate';
import { hashOf, MINUTE, SECOND } from './fixtures.ts';
import { startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const a = hashOf(1);

interface Received {
  /** The ID of the actor that received it. */
  actor: string;
  type: string;
}

/** The events that are received while `run` runs. */
async function eventsDuring({ supervisor }: World, run: () => Promise<void>): Promise<Received[]> {
  const events: Received[] = [];
  const inspection = supervisor.system.inspect((inspected) => {
    if (inspected.type !== '@xstate.event' || inspected.event.type === 'xstate.init') return;
    const { id } = inspected.actorRef as AnyActorRef;
    events.push({ actor: inspected.actorRef === supervisor ? 'supervisor' : id, type: inspected.event.type });
  });
  await run();
  inspection.unsubscribe();
  return events;
}

const countOf = (events: readonly Received[], actor: string, type?: string) =>
  events.filter((event) => event.actor === actor && (type ?? event.type) === event.type).length;

/** The events, one a line, for the message of a failed assertion. */
const list = (events: readonly Received[]) => events.map(({ actor, type }) => `${actor}: ${type}`).join('\n');

/** A download with a card, and the events until then. */
async function startCounted() {
  const world = startWorld();
  await world.pass(MINUTE);
  world.set(a, { progress: 0.5 });
  const events = await eventsDuring(world, async () => {
    world.track(a);
    await world.pass(4 * SECOND);
  });
  return { world, events };
}

/** The events after the answer of the poll that shows it complete. */
async function countCompletion() {
  const { world } = await startCounted();
  world.set(a, { progress: 1, phase: 'complete' });
  const events = await eventsDuring(world, () => world.pass(MINUTE));
  const answer = events.findIndex(({ type }) => type === 'xstate.done.actor.observe');
  return { world, events: events.slice(answer + 1) };
}

test('from the hook to the first card, at most 16 events are received, 2 of them by the supervisor', async () => {
  const { world, events } = await startCounted();
  assert.deepEqual(
    world.phone.accepted.map(({ kind }) => kind),
    ['progress'],
  );
  assert.ok(events.length <= 16, `${events.length}:\n${list(events)}`);
  assert.ok(countOf(events, 'supervisor') <= 2, list(events));
});

test('from the completion to the end, at most 21 events are received, 4 of them by the supervisor', async () => {
  const { world, events } = await countCompletion();
  assert.deepEqual(world.records(), []);
  assert.deepEqual(
    world.phone.accepted.map(({ kind }) => kind),
    ['progress', 'completion', 'card-delete'],
  );
  assert.ok(events.length <= 21, `${events.length}:\n${list(events)}`);
  assert.ok(countOf(events, 'supervisor') <= 4, list(events));
});

test('a torrent is watched once and unwatched once, and each notification is requested and settled once', async () => {
  const first = await startCounted();
  assert.deepEqual(
    ['torrent.watch', 'torrent.unwatch'].map((type) => countOf(first.events, 'watcher', type)),
    [1, 0],
  );
  const { events } = await countCompletion();
  assert.deepEqual(
    ['torrent.watch', 'torrent.unwatch'].map((type) => countOf(events, 'watcher', type)),
    [0, 1],
  );
  assert.equal(countOf(events, 'outbox', 'notification.publish'), 2);
  assert.equal(countOf(events, a, 'notification.settled'), 2);
  for (const shard of new Set(events.map(({ actor }) => actor).filter((actor) => actor.startsWith('shard.'))))
    assert.equal(countOf(events, shard), 1, 'the shard forwards nothing');
});

test('a poll that shows no change costs five events, none of them in the supervisor', async () => {
  const { world } = await startCounted();
  const events = await eventsDuring(world, () => world.pass(5 * SECOND));
  assert.equal(countOf(events, 'supervisor'), 0);
  assert.equal(events.length, 5, list(events));
});
