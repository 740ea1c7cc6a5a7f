/** Every way through a machine: what XState's graph finds when time, servers and users do whatever they can. */
import { createEmptyActor } from 'xstate';
import type { ActorLogic, AnyEventObject, AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate';
import { adjacencyMapToArray, getAdjacencyMap, getShortestPaths, getStateNodes } from 'xstate/graph';
import type { TorrentDeps } from '../../machines/torrent/types.ts';
import { NO_RULES } from '../../machines/routing/rules.ts';
import { OverdueError } from '../../machines/watchdog.ts';

type Logic = ActorLogic<AnyMachineSnapshot, AnyEventObject, unknown>;

export interface Exploration {
  machine: AnyStateMachine;
  /** Gets the time of day, which each event moves on: 10 ms, or with `later` that much. */
  input: (now: () => number) => unknown;
  /** Where it begins: one exploration for each. */
  events: (snapshot: AnyMachineSnapshot) => readonly AnyEventObject[];
  /** What of the context decides where it goes; with the state it tells two snapshots apart. Default: nothing. */
  facts?: (snapshot: AnyMachineSnapshot) => unknown;
}

/** One step, whatever it leads to. */
export interface Edge {
  from: AnyMachineSnapshot;
  event: AnyEventObject;
  to: AnyMachineSnapshot;
}

export interface Explored {
  /** One for each state that was told apart: the shortest way there, as events, and what it was like. */
  paths: { events: AnyEventObject[]; state: AnyMachineSnapshot }[];
  edges: Edge[];
  /** The IDs of all state nodes that were entered, those that are left at once included. */
  entered: Set<string>;
  /** What of these can't get, by any number of steps, to where `isEnd` holds. */
  stuck: (isEnd: (snapshot: AnyMachineSnapshot) => boolean) => string[];
}

const STEP = 10;

const nodesOf = ({ _nodes: nodes }: AnyMachineSnapshot): AnyStateNode[] => nodes;

/** The timers of a state, as events that fire. */
function timeouts(snapshot: AnyMachineSnapshot): AnyEventObject[] {
  return nodesOf(snapshot).flatMap(({ after }) =>
    after.map(({ eventType: type }) => ({ type, later: 10_000 })),
  );
}

/** Machines change Maps and Sets of their context in place: each step gets its own. */
function detached(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [key, detached(inner)]));
  if (value instanceof Set) return new Set(value);
  if (value === null || typeof value !== 'object') return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  // What is told apart by its identity keeps it: only what holds Maps and Sets is copied.
  const entries = Object.entries(value).map(([key, inner]) => [key, detached(inner)] as const);
  return entries.every(([key, inner]) => Reflect.get(value, key) === inner)
    ? value
    : Object.fromEntries(entries);
}

/** The machine as logic whose steps leave what was before untouched, with a clock that the events move. */
function asLogic(machine: AnyStateMachine) {
  const times = new WeakMap<AnyMachineSnapshot, number>();
  const clock = { now: 0 };
  const parent = createEmptyActor();
  // Each branch has services of its own; in one system their IDs would collide.
  Object.assign(parent.system, { _set: () => {} });
  const entered = new Set<string>();
  // What is left at once shows only in the steps between.
  parent.system.inspect((step) => {
    if (step.type !== '@xstate.microstep') return;
    const { _transitions: transitions } = step;
    for (const { source, target } of transitions) {
      for (const { id } of [source, ...(target ?? [])]) entered.add(id);
    }
  });
  const scopeOf = (scope: Parameters<Logic['transition']>[2], before: AnyMachineSnapshot | null) => {
    const self = Object.create(parent) as typeof scope.self;
    return {
      ...scope,
      system: parent.system,
      self: Object.assign(self, { _parent: parent, getSnapshot: () => before }),
    };
  };
  /** A request that never settles is a crash: nothing comes after it. */
  const transition: Logic['transition'] = (...step) => {
    try {
      return machine.transition(...step);
    } catch (error) {
      if (error instanceof OverdueError) return step[0];
      throw error;
    }
  };
  const logic: Logic = {
    getInitialSnapshot: (scope, input) => machine.getInitialSnapshot(scopeOf(scope, null), input),
    getPersistedSnapshot: (snapshot) => machine.getPersistedSnapshot(snapshot),
    transition: (snapshot, event, scope) => {
      clock.now = (times.get(snapshot) ?? 0) + Number(event['later'] ?? STEP);
      const context = detached(snapshot.context) as AnyMachineSnapshot['context'];
      const before = { ...snapshot, context };
      const after: AnyMachineSnapshot = transition(before, event, scopeOf(scope, before));
      if (after === before) return snapshot;
      times.set(after, clock.now);
      return after;
    },
  };
  return { logic, clock, entered };
}

export function explore({ machine, input, events, facts = () => null }: Exploration): Explored {
  const { logic, clock, entered } = asLogic(machine);
  const options = {
    input: input(() => clock.now),
    events: (snapshot: AnyMachineSnapshot) =>
      snapshot.status === 'active' ? [...events(snapshot), ...timeouts(snapshot)] : [],
    serializeState: (snapshot: AnyMachineSnapshot) => JSON.stringify([snapshot.value, facts(snapshot)]),
    limit: 200_000,
  };
  const edges = adjacencyMapToArray(getAdjacencyMap(logic, options)).map(
    ({ state: from, event, nextState: to }) => ({ from, event, to }),
  );
  const paths = getShortestPaths(logic, options).map(({ state, steps }) => ({
    state,
    events: steps.map(({ event }) => event),
  }));
  for (const { state } of paths) for (const { id } of nodesOf(state)) entered.add(id);
  return { edges, entered, paths, stuck: (isEnd) => stuckIn(edges, options.serializeState, isEnd) };
}

function stuckIn(
  edges: readonly Edge[],
  serialize: (snapshot: AnyMachineSnapshot) => string,
  isEnd: (snapshot: AnyMachineSnapshot) => boolean,
): string[] {
  const all = new Set<string>();
  const good = new Set<string>();
  const into = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const [source, target] = [serialize(from), serialize(to)];
    for (const [name, snapshot] of [
      [source, from],
      [target, to],
    ] as const) {
      all.add(name);
      if (isEnd(snapshot)) good.add(name);
    }
    into.set(target, [...(into.get(target) ?? []), source]);
  }
  // A Set that grows while it is walked: what leads to something good is good.
  for (const name of good) for (const source of into.get(name) ?? []) good.add(source);
  return [...all].filter((name) => !good.has(name));
}

/** The IDs of all state nodes of a machine that none of these explorations entered. */
export function unentered(machine: AnyStateMachine, explored: readonly Explored[]): string[] {
  return getStateNodes(machine.root)
    .map(({ id }) => id)
    .filter((id) => !explored.some(({ entered }) => entered.has(id)));
}

/** The innermost state, with those around it: `polling.downloading`. */
export function placeOf({ value }: Pick<AnyMachineSnapshot, 'value'>): string {
  return typeof value === 'string'
    ? value
    : Object.entries(value)
        .map(([state, inner]) => (inner === undefined ? state : `${state}.${placeOf({ value: inner })}`))
        .join(' ');
}

/** What all torrents share: nothing of it has an effect. */
export const DEPS: TorrentDeps = {
  now: () => 0,
  nextId: () => '1',
  save: () => {},
  supervisor: createEmptyActor(),
  rules: NO_RULES,
};

export const done = (id: string, output: unknown): AnyEventObject => ({
  type: `xstate.done.actor.${id}`,
  actorId: id,
  output,
});
export const crashed = (id: string): AnyEventObject => ({
  type: `xstate.error.actor.${id}`,
  actorId: id,
  error: new Error('a bug'),
});
