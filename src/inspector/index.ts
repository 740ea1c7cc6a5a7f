import type { AnyActorRef, Subscription } from 'xstate';
import { createStepReader } from './actor-step.ts';
import type { ActorStep } from './actor-step.ts';
import { createRing } from './ring.ts';
import type { Ring } from './ring.ts';

export type { ActorStep } from './actor-step.ts';
export { machineOf } from './machines.ts';
export type { MachineName } from './machines.ts';

/** Observes the steps of all actors of a system. */
export interface Inspector {
  /** Calls the listener with each step until the returned function is called. The first listener starts the inspection, the last one stops it. */
  watch(listener: (step: ActorStep) => void): () => void;
  /** The last steps of an actor since the inspection started, oldest first. */
  stepsOf(actor: string): ActorStep[];
}

export interface InspectorOptions {
  /** Stored steps; default 1,000. */
  size?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Called with exceptions, which never reach the actors. */
  onError?: (error: unknown) => void;
}

/**
 * Inspects the system of an actor while there are listeners. Without listeners there is no observer and no timer, and no
 * step is stored.
 *
 * @example
 * const stop = createInspector(supervisor).watch(({ actor, event, state }) => draw(actor, event, state));
 */
export function createInspector(
  root: Pick<AnyActorRef, 'system'>,
  options: InspectorOptions = {},
): Inspector {
  const { size = 1000, now = Date.now, onError = () => {} } = options;
  const listeners = new Set<(step: ActorStep) => void>();
  let attached: { subscription: Subscription; ring: Ring } | null = null;

  function attach() {
    const ring = createRing(size);
    const read = createStepReader(now);
    const subscription = root.system.inspect((inspected) => {
      // XState would throw an exception from here in the sender's `send`, with the event half processed.
      try {
        const step = read(inspected);
        if (step === null) return;
        const stored = ring.add(step);
        for (const listener of listeners) listener(stored);
      } catch (error) {
        onError(error);
      }
    });
    return { subscription, ring };
  }

  return {
    watch(listener) {
      listeners.add(listener);
      attached ??= attach();
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        attached?.subscription.unsubscribe();
        attached = null;
      };
    },
    stepsOf: (actor) => attached?.ring.stepsOf(actor) ?? [],
  };
}
