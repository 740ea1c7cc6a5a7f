import type { AnyActorRef, AnyTransitionDefinition, InspectionEvent, StateValue } from 'xstate';
import { keyOf } from '../charts/index.ts';
import { pathOf } from '../util/state-path.ts';
import { machineOf } from './machines.ts';
import type { MachineName } from './machines.ts';

/**
 * One step of one actor. These fields and no others: context, input, output and what an event carries may hold what
 * nobody should see, and are never read.
 */
export interface ActorStep {
  /** Rises by one with each step of any actor. */
  seq: number;
  /** Milliseconds since 1970. */
  at: number;
  /** The actor's ID: a torrent's is the hash that its record has as key. */
  actor: string;
  machine: MachineName;
  /** The type of the event that began the step. */
  event: string;
  /** The state before, as `polling.downloading`; empty for an actor that begins. */
  from: string;
  state: string;
  /** The transitions that were taken, as the charts name them (`data-key`). */
  taken: readonly string[];
  /** How often the very same step came in a row. */
  times: number;
}

/** What a step is made of while it runs: XState tells of its parts one by one. */
interface Step {
  event: string;
  from: string;
  taken: string[];
}

/** No event of ours has a longer type. */
const MAX_NAME_LENGTH = 120;

/** Puts XState's inspection events together to steps; `null` while a step is not whole, or nothing came of it. */
export function createReader(now: () => number) {
  const running = new WeakMap<AnyActorRef, Step>();
  let seq = 0;

  function begin(actor: AnyActorRef, { type }: { type: string }): Step {
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

/** While a step runs, an actor's snapshot is still the one before it. */
function stateBefore(actor: AnyActorRef): string {
  try {
    return stateOf(actor);
  } catch {
    // One that begins has none, and says so by throwing.
    return '';
  }
}

function stateOf(actor: AnyActorRef): string {
  const { value }: { value?: StateValue } = actor.getSnapshot();
  return value === undefined ? '' : pathOf(value);
}
