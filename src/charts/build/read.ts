/** Reads the states and transitions of a machine from `machine.root`, in which targets are resolved. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { keyOf } from '../key.ts';
import { actionRow, actionsOf, eventText, guardText } from './labels.ts';

/** A state; the root's path is empty. */
export interface ChartState {
  /** Dotted, without the root. */
  path: string;
  name: string;
  /** `null` for the root. */
  parent: string | null;
  kind: 'atomic' | 'compound' | 'final';
  /** The initial child; none of a parallel state, which is in all of its children at once. */
  initial: string | null;
  description: string | null;
  /** Its entry and exit actions, and the actors it invokes. */
  does: string[];
}

/** A transition. Without a target, `to` equals `from`. */
export interface ChartTransition {
  /** The event type in XState; empty for an eventless transition. */
  event: string;
  from: string;
  to: string;
  /** Its ID on the chart; see `keyOf`. */
  key: string;
  /** Event and guard. */
  label: string;
  /** Whether it exits its state and enters it again. */
  reenters: boolean;
  actions: string[];
  description: string | null;
}

/** The content of a chart. The root is first, parents are before their children. */
export interface Chart {
  name: string;
  states: ChartState[];
  transitions: ChartTransition[];
}

/** Throws for history states, which are not supported. */
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
      ...actionRow('entry', node.entry),
      ...actionRow('exit', node.exit),
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
      // The last of several candidates without a guard is the default.
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
    reenters: reenter,
    actions: actionsOf(actions),
    description: description ?? null,
  };
}

function firstOf(targets: readonly AnyStateNode[] | undefined, { id }: AnyStateNode): AnyStateNode {
  const [target] = targets ?? [];
  if (target === undefined || targets?.length !== 1) throw new Error(`${id}: no picture for several targets`);
  return target;
}
