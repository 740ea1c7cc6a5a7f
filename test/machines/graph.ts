/** All paths through a machine, found by XState's graph functions: all timers, answers and events, in all orders. */
import { createEmptyActor } from 'xstate';
import type {
  ActorLogic,
  AnyEventObject,
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  InputFrom,
  SnapshotFrom,
} from 'xstate';
import { adjacencyMapToArray, getAdjacencyMap, getShortestPaths, getStateNodes } from 'xstate/graph';
import type { TorrentDeps } from '../../machines/torrent/types.ts';
import { NO_RULES } from '../../machines/routing/rules.ts';
import { OverdueError } from '../../machines/watchdog.ts';
import { createTestBoard, OWN_CARDS } from './fixtures.ts';

type Logic = ActorLogic<AnyMachineSnapshot, AnyEventObject, unknown>;

/** Typed by the machine, so that a field of its input or context that does not exist is a compiler error. */
export interface Exploration<Machine extends AnyStateMachine> {
  machine: Machine;
  /** Creates the input from a clock, which each event advances by 10 ms, or by its `later`. */
  input: (now: () => number) => InputFrom<Machine>;
  /** The possible events in a state. */
  events: (snapshot: AnyMachineSnapshot) => readonly AnyEventObject[];
  /** The parts of the context that distinguish two snapshots in the same state. Default: none. */
  facts?: (snapshot: SnapshotFrom<Machine>) => unknown;
}

/** One transition, also if the state stays the same. */
export interface Edge {
  from: AnyMachineSnapshot;
  event: AnyEventObject;
  to: AnyMachineSnapshot;
}

export interface Explored {
  /** For each distinct state: the events of the shortest path to it, and its snapshot. */
  paths: { events: AnyEventObject[]; state: AnyMachineSnapshot }[];
  edges: Edge[];
  /** The IDs of all state nodes that were entered, including those that are left immediately. */
  entered: Set<string>;
  /** The states from which no path leads to a state for which `isEnd` holds. */
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

/** Copies the Maps and Sets of a context, which machines change in place. */
function detached(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [key, detached(inner)]));
  if (value instanceof Set) return new Set(value);
  if (value === null || typeof value !== 'object') return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  // Other objects are not copied: the machine may compare them by identity.
  const entries = Object.entries(value).map(([key, inner]) => [key, detached(inner)] as const);
  return entries.every(([key, inner]) => Reflect.get(value, key) === inner)
    ? value
    : Object.fromEntries(entries);
}

/** The machine as logic that does not modify earlier snapshots, with a clock that the events advance. */
function asLogic(machine: AnyStateMachine) {
  const times = new WeakMap<AnyMachineSnapshot, number>();
  const clock = { now: 0 };
  const parent = createEmptyActor();
  // Each path has its own services, whose IDs would collide in one system.
  Object.assign(parent.system, { _set: () => {} });
  const entered = new Set<string>();
  // A state that is left immediately appears only in microsteps.
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
  /** A request that never settles crashes the machine: it has no further transitions. */
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

export function explore<Machine extends AnyStateMachine>({
  machine,
  input,
  events,
  facts = () => null,
}: Exploration<Machine>): Explored {
  const { logic, clock, entered } = asLogic(machine);
  const options = {
    input: input(() => clock.now) as unknown,
    events: (snapshot: AnyMachineSnapshot) =>
      snapshot.status === 'active' ? [...events(snapshot), ...timeouts(snapshot)] : [],
    serializeState: (snapshot: AnyMachineSnapshot) =>
      JSON.stringify([snapshot.value, facts(snapshot as SnapshotFrom<Machine>)]),
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
  const leading = new Set<string>();
  const into = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const [source, target] = [serialize(from), serialize(to)];
    for (const [name, snapshot] of [
      [source, from],
      [target, to],
    ] as const) {
      all.add(name);
      if (isEnd(snapshot)) leading.add(name);
    }
    into.set(target, [...(into.get(target) ?? []), source]);
  }
  // The loop also visits the states that it adds.
  for (const name of leading) for (const source of into.get(name) ?? []) leading.add(source);
  return [...all].filter((name) => !leading.has(name));
}

/** The IDs of all state nodes of a machine that none of these explorations entered. */
export function unentered(machine: AnyStateMachine, explored: readonly Explored[]): string[] {
  return getStateNodes(machine.root)
    .map(({ id }) => id)
    .filter((id) => !explored.some(({ entered }) => entered.has(id)));
}

/** The path of the state: `polling.downloading`. */
export function placeOf({ value }: Pick<AnyMachineSnapshot, 'value'>): string {
  return typeof value === 'string'
    ? value
    : Object.entries(value)
        .map(([state, inner]) => (inner === undefined ? state : `${state}.${placeOf({ value: inner })}`))
        .join(' ');
}

/** The dependencies that all torrents share, without effects. */
export const DEPS: TorrentDeps = {
  now: () => 0,
  nextId: () => '1',
  save: () => {},
  supervisor: createEmptyActor(),
  rules: NO_RULES,
  cards: OWN_CARDS,
  summary: createTestBoard(),
  remote: null,
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
