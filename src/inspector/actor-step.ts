import type { AnyActorRef, AnyTransitionDefinition, InspectionEvent, StateValue } from 'xstate';
import { keyOf } from '../charts/index.ts';
import { pathOf } from '../util/state-path.ts';
import { machineOf } from './machines.ts';
import type { MachineName } from './machines.ts';

/**
 * One step (XState: macrostep) of one actor. It has these fields only: context, input, output and the payload of events
 * are never read, because they may contain private data.
 */
export interface ActorStep {
  /** Increases by one with each step of any actor. */
  seq: number;
  /** Milliseconds since 1970. */
  at: number;
  /** The actor's ID; a torrent's is the key of its record. */
  actor: string;
  machine: MachineName;
  /** The type of the event that caused the step. */
  event: string;
  /** The state before, such as `polling.downloading`; empty for an actor that starts. */
  from: string;
  state: string;
  /** The transitions taken, by their keys on the chart (`data-key`). */
  taken: readonly string[];
  /** How often the same step was repeated in a row. */
  times: number;
}

/** A step that is not complete yet: XState reports its microsteps one by one. */
interface PartialStep {
  event: string;
  from: string;
  taken: string[];
}

/** Characters; no event of ours has a longer type. */
const MAX_NAME_LENGTH = 120;

/** Combines XState's inspection events into steps; `null` until a step is complete, or if it changed nothing. */
export function createStepReader(now: () => number) {
  const running = new WeakMap<AnyActorRef, PartialStep>();
  let seq = 0;

  function begin(actor: AnyActorRef, { type }: { type: string }): PartialStep {
    const step = { event: type.slice(0, MAX_NAME_LENGTH), from: stateBefore(actor), taken: [] };
    running.set(actor, step);
    return step;
  }

  return (inspected: InspectionEvent): ActorStep | null => {
    if (inspected.type !== '@xstate.microstep' && inspected.type !== '@xstate.snapshot') return null;
    const actor = inspected.actorRef as AnyActorRef;
    const machine = machineOf(actor);
    if (machine === null) return null;
    if (inspected.type === '@xstate.microstep') {
      const step = running.get(actor) ?? begin(actor, inspected.event);
      // oxlint-disable-next-line no-underscore-dangle -- XState's own name, in its public type
      step.taken.push(...keysOf(inspected._transitions));
      return null;
    }
    const step = running.get(actor);
    running.delete(actor);
    const state = stateOf(actor);
    if (step === undefined || (step.taken.length === 0 && step.from === state)) return null;
    return { seq: ++seq, at: now(), actor: actor.id, machine, ...step, state, times: 1 };
  };
}

function keysOf(transitions: readonly AnyTransitionDefinition[]): string[] {
  return transitions.map(keyOf).filter((key) => key !== null);
}

/** During a step, the actor's snapshot is still the previous one. */
function stateBefore(actor: AnyActorRef): string {
  try {
    return stateOf(actor);
  } catch {
    // An actor that starts has no snapshot: `getSnapshot` throws.
    return '';
  }
}

function stateOf(actor: AnyActorRef): string {
  const { value }: { value?: StateValue } = actor.getSnapshot();
  return value === undefined ? '' : pathOf(value);
}
