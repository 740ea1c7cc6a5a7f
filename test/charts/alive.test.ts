import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { charts, keyOf } from '../../src/charts/index.ts';
import { failure, hashOf, MINUTE, SECOND } from '../machines/fixtures.ts';
import { createButtonStore } from '../support/command-topic.ts';
import { startWorld } from '../support/world.ts';
import { attribute, parseSvg, withClass } from './svg.ts';

interface Drawn {
  states: Set<string>;
  keys: Set<string>;
}

const drawn = new Map<string, Drawn>(
  Object.entries(charts).map(([name, svg]) => {
    const chart = parseSvg(svg);
    const states = withClass(chart, 'state').map((state) => attribute(state, 'data-state'));
    const keys = withClass(chart, 'transition').map((one) => attribute(one, 'data-key'));
    return [name, { states: new Set(states), keys: new Set(keys) }];
  }),
);

/** The states of a value, outermost first: `polling`, `polling.downloading`. */
function pathsOf(value: unknown, prefix = ''): string[] {
  if (typeof value === 'string') return [`${prefix}${value}`];
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) =>
    [`${prefix}${key}`].concat(pathsOf(inner, `${prefix}${key}.`)),
  );
}

interface Shown {
  id: string;
  logic: { config?: { id?: string } };
  getSnapshot: () => { value?: unknown };
}

test('every step of the machines during a download with failures is on their charts', async () => {
  const world = startWorld({
    quietHours: { hours: () => null, save: () => {} },
    buttons: createButtonStore(),
  });
  const seen = new Map<string, Drawn>();
  const inspect = (event: InspectionEvent) => {
    const actor = event.actorRef as AnyActorRef as unknown as Shown;
    const name = actor.logic.config?.id;
    if (name === undefined) return;
    const of = seen.get(name) ?? { states: new Set(), keys: new Set() };
    seen.set(name, of);
    if (event.type === '@xstate.snapshot') {
      const { value } = event.snapshot as { value?: unknown };
      for (const path of pathsOf(value)) of.states.add(path);
    }
    if (event.type === '@xstate.microstep') {
      // oxlint-disable-next-line no-underscore-dangle -- XState's name
      for (const transition of event._transitions) {
        const key = keyOf(transition);
        if (key !== null) of.keys.add(key);
      }
    }
  };
  world.supervisor.system.inspect(inspect);
  await liveThroughMuch(world);
  world.supervisor.stop();

  assert.deepEqual([...seen.keys()].toSorted(), [...drawn.keys()].toSorted());
  for (const [name, { states, keys }] of seen) {
    const chart = drawn.get(name);
    assert.ok(chart !== undefined && states.size > 0);
    assert.deepEqual(
      [...states].filter((path) => !chart.states.has(path)),
      [],
      name,
    );
    assert.deepEqual(
      [...keys].filter((key) => !chart.keys.has(key)),
      [],
      name,
    );
  }
  const torrent = seen.get('torrent');
  for (const path of ['login', 'polling.downloading', 'notifying.progress.waiting', 'complete', 'removed'])
    assert.ok(torrent?.states.has(path), path);
  assert.ok((torrent?.keys.size ?? 0) > 15 && (seen.get('supervisor')?.keys.size ?? 0) > 8);
});

async function liveThroughMuch(world: ReturnType<typeof startWorld>): Promise<void> {
  const { script, torrents } = world;
  const [first, second] = [hashOf(1), hashOf(2)];
  world.set(first, { progress: 0.1 });
  world.set(second, { progress: 0.2, phase: 'queued' });
  world.track(first);
  world.track(second);
  for (let percent = 10; percent < 30; percent += 1) {
    world.set(first, { progress: percent / 100 });
    await world.pass(10 * SECOND);
  }
  script.session.open = false;
  await world.pass(MINUTE);
  const { observe } = script;
  script.observe = () => failure('unreachable');
  await world.pass(5 * MINUTE);
  script.observe = observe;
  script.poisoned.add(second);
  await world.pass(MINUTE);
  script.poisoned.clear();
  await world.pass(5 * MINUTE);
  world.set(first, { phase: 'complete', progress: 1 });
  await world.pass(MINUTE);
  torrents.delete(second);
  await world.pass(5 * MINUTE);
}
