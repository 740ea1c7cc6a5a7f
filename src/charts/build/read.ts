/** Reads a machine into what is drawn of it. Walks `machine.root`, where targets are resolved and nothing is lost. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { keyOf } from '../key.ts';
import { actionsOf, deedOf, eventText, guardText } from './words.ts';

/** A state; the root's path is empty. */
export interface ChartState {
  /** Dotted, from below the root. */
  path: string;
  name: string;
  /** `null` for the root. */
  parent: string | null;
  kind: 'atomic' | 'compound' | 'final';
  /** The child that it begins in; none of a parallel state, which is in all of its children at once. */
  initial: string | null;
  description: string | null;
  /** What it does by itself: on its entry and exit, and while it lasts. */
  does: string[];
}

/** One way to leave a state, or to react in it. Without a target `to` is `from`. */
export interface ChartTransition {
  /** As XState calls it; empty when it needs none. */
  event: string;
  from: string;
  to: string;
  /** Its name on the chart; see `keyOf`. */
  key: string;
  /** Event and guard. */
  label: string;
  /** Whether it leaves its state and enters it anew. */
  again: boolean;
  actions: string[];
  description: string | null;
}

/** What a chart shows, whatever it looks like. The root comes first, parents before their children. */
export interface Chart {
  name: string;
  states: ChartState[];
  transitions: ChartTransition[];
}

/** Throws for what the charts have no picture for: history states. */
export function readChart(machine: AnyStateMachine): Chart {
  const nodes = withDescendants(machine.root);
  return { name: machine.id, states: nodes.map(readState), transitions: nodes.flatMap(readTransitions) };
}

function withDescendants(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(withDescendants)];
}

const pathOf = (node: AnyStateNode): string => node.path.join('.');

function readState(node: AnyStateNode): ChartState {
  return {
    path: pathOf(node),
    name: node.key,
    parent: node.parent === undefined ? null : pathOf(node.parent),
    kind: kindOf(node),
    initial: node.type === 'compound' ? pathOf(firstOf(node.initial.target, node)) : null,
    description: node.description ?? null,
    does: [
      ...deedOf('entry', node.entry),
      ...deedOf('exit', node.exit),
      ...node.invoke.map(({ id }) => `runs ${id}`),
    ],
  };
}

function kindOf({ type, id }: AnyStateNode): ChartState['kind'] {
  if (type === 'history') throw new Error(`${id}: no picture for a history state`);
  return type === 'parallel' ? 'compound' : type;
}

function readTransitions(node: AnyStateNode): ChartTransition[] {
  const byEvent = [...node.transitions.values(), node.always ?? []];
  return byEvent.flatMap((candidates) =>
    candidates.map((transition) => {
      // The last of several without a guard is taken when no other is.
      const otherwise = transition.guard === undefined && candidates.length > 1;
      return readTransition(node, transition, otherwise ? 'else' : null);
    }),
  );
}

function readTransition(
  node: AnyStateNode,
  transition: AnyTransitionDefinition,
  otherwise: string | null,
): ChartTransition {
  const { eventType, guard, target, actions, description, reenter } = transition;
  const to = target === undefined ? node : firstOf(target, node);
  const condition = guard === undefined ? otherwise : guardText(guard, to.key);
  return {
    event: eventType,
    from: pathOf(node),
    to: pathOf(to),
    key: keyOf(transition) ?? '',
    label: [eventText(eventType), condition === null ? '' : `[${condition}]`].filter(Boolean).join(' '),
    again: reenter,
    actions: actionsOf(actions),
    description: description ?? null,
  };
}

function firstOf(targets: readonly AnyStateNode[] | undefined, { id }: AnyStateNode): AnyStateNode {
  const [target] = targets ?? [];
  if (target === undefined || targets?.length !== 1) throw new Error(`${id}: no picture for several targets`);
  return target;
}
