import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import * as inspect from '@statelyai/inspect';
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import { assign, createActor, createMachine, setup } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { startInspection } from '../../src/development/inspect.ts';
import { createMask } from '../../src/development/mask.ts';
import { hashOf, MINUTE } from '../machines/fixtures.ts';
import { startWorld } from '../support/world.ts';

const SECRET = 'xyzzy-planted';
const mask = createMask(() => [SECRET]);

/** Inspects a system with the real package, which delivers its events in the next iteration of the event loop. */
function watch(root: AnyActorRef, send: (message: StatelyInspectionEvent) => void = () => {}) {
  const got: StatelyInspectionEvent[] = [];
  const stop = startInspection({
    inspect,
    root,
    mask,
    send: (message) => {
      got.push(message);
      send(message);
    },
  });
  return { got, stop, settled: () => sleep(20) };
}

const counter = setup({
  types: { context: {} as { count: number }, events: {} as { type: 'more' } },
}).createMachine({
  id: 'counter',
  context: { count: 0 },
  initial: 'even',
  on: { more: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
  states: {
    even: { on: { more: { target: 'odd', actions: assign({ count: ({ context }) => context.count + 1 }) } } },
    odd: {},
  },
});

describe('an inspection', () => {
  test('sends every existing actor at once, down to the torrents, and then their events', async () => {
    const world = startWorld();
    world.set(hashOf(1), { progress: 0.3 });
    world.track(hashOf(1));
    await world.pass(MINUTE);
    const { got, stop, settled } = watch(world.supervisor);
    await settled();
    const seeds = got.splice(0);
    assert.ok(seeds.every(({ type }) => type === '@xstate.actor'));
    const names = seeds.map((message) => 'name' in message && message.name);
    for (const name of [
      'supervisor',
      'session',
      'watcher',
      'outbox',
      'incident',
      'discovery',
      'hookInstaller',
      'store',
      hashOf(1),
    ])
      assert.equal(names.filter((other) => other === name).length, 1, name);
    const torrent = seeds.find((message) => 'name' in message && message.name === hashOf(1));
    assert.deepEqual(torrent && 'snapshot' in torrent && torrent.snapshot, {
      ...(torrent && 'snapshot' in torrent && torrent.snapshot),
      status: 'active',
      value: { polling: 'downloading' },
    });

    world.set(hashOf(1), { progress: 1, phase: 'complete' });
    await world.pass(MINUTE);
    await settled();
    const own = got.filter(({ sessionId }) => sessionId === torrent?.sessionId);
    const path = own.flatMap((message) =>
      message.type === '@xstate.snapshot' && 'value' in message.snapshot
        ? [JSON.stringify(message.snapshot.value)]
        : [],
    );
    const [first, second] = [path.indexOf('{"notifying":"completion"}'), path.lastIndexOf('"complete"')];
    assert.ok(first >= 0 && first < second);
    // It is removed from the page, too.
    assert.deepEqual(own.at(-1)?.type === '@xstate.snapshot' && own.at(-1)?.type, '@xstate.snapshot');
    assert.ok(JSON.stringify(own.at(-1)).includes('"status":"stopped"'));
    stop();
    world.supervisor.stop();
  });

  test('costs nothing before and after: the actors have no observer then', async () => {
    const actor = createActor(counter).start();
    const observed = actor.system.inspect;
    let observers = 0;
    actor.system.inspect = (observer) => {
      observers += 1;
      const observation = observed(observer);
      return { unsubscribe: () => ((observers -= 1), observation.unsubscribe()) };
    };
    const { got, stop, settled } = watch(actor);
    assert.equal(observers, 1);
    actor.send({ type: 'more' });
    await settled();
    assert.deepEqual(
      got.map(({ type }) => type),
      ['@xstate.actor', '@xstate.event', '@xstate.snapshot'],
    );
    actor.send({ type: 'more' });
    stop();
    actor.send({ type: 'more' });
    await settled();
    assert.equal(observers, 0);
    assert.equal(got.length, 3, 'pending events are not delivered either');
  });

  test('has no effect on actors: neither a viewer that throws nor data that cannot be read reaches them', async () => {
    const bomb = {
      get value(): never {
        throw new Error('not to be read');
      },
    };
    const machine = createMachine({
      id: 'bomb',
      types: {} as { context: { bomb: unknown; done: boolean }; events: { type: 'go'; bomb?: unknown } },
      context: { bomb: { deep: Symbol('x'), big: 1n, now: () => 0 }, done: false },
      on: { go: { actions: assign({ done: true }) } },
    });
    const actor = createActor(machine).start();
    const { got, stop, settled } = watch(actor, () => {
      throw new Error('the viewer is disconnected');
    });
    actor.send({ type: 'go', bomb });
    await settled();
    assert.equal(actor.getSnapshot().context.done, true);
    assert.equal(got.length, 3);
    stop();
  });
});

describe('what is shown', () => {
  const machine = createMachine({
    id: 'leaky',
    types: {} as { input: { password: string }; events: { type: 'login'; header: string; token: string } },
    context: {
      literal: SECRET,
      cookie: 'SID=abc',
      list: [`Bearer ${SECRET}`],
      nested: { text: btoa(SECRET) },
    },
    meta: { url: `https://ntfy.example/${SECRET}` },
    on: { login: {} },
  });

  test('contains no secret, wherever it is: context, definition, input, events', async () => {
    const actor = createActor(machine, { input: { password: SECRET } }).start();
    const { got, stop, settled } = watch(actor);
    actor.send({ type: 'login', header: `Basic ${btoa(SECRET)}`, token: 'other' });
    await settled();
    stop();
    assert.deepEqual(
      got.map(({ type }) => type),
      ['@xstate.actor', '@xstate.event', '@xstate.snapshot'],
    );
    const text = JSON.stringify(got);
    for (const trace of [SECRET, btoa(SECRET), 'SID=abc', '"other"']) assert.ok(!text.includes(trace), trace);
    assert.ok(text.includes('login') && text.includes('***'));
    const [actorMessage] = got;
    assert.ok(actorMessage?.type === '@xstate.actor' && actorMessage.definition !== undefined);
    assert.equal('context' in JSON.parse(actorMessage.definition), false);
    assert.ok(!('input' in actorMessage.snapshot));
  });

  test('would contain secrets without the mask: the package itself hides nothing', async () => {
    const leaked: string[] = [];
    const inspector = inspect.createInspector({ send: (message) => leaked.push(JSON.stringify(message)) });
    const actor = createActor(machine, { input: { password: SECRET }, inspect: inspector.inspect }).start();
    await sleep(20);
    assert.ok(leaked.join('').includes(SECRET));
    actor.stop();
  });

  test('contains no unknown kind of message', async () => {
    const got: unknown[] = [];
    const future: typeof inspect = {
      ...inspect,
      createInspector: (adapter, options) => {
        const inspector = inspect.createInspector(adapter, options);
        const message = { type: '@xstate.future', secret: SECRET } as unknown as StatelyInspectionEvent;
        if (options?.filter?.(message) === true) adapter.send(message);
        return inspector;
      },
    };
    const stop = startInspection({
      inspect: future,
      root: createActor(counter).start(),
      mask,
      send: (message) => got.push(message),
    });
    await sleep(20);
    stop();
    assert.equal(got.length, 1);
  });
});
