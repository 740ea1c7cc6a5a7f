import type { AnyActorRef, Subscription } from 'xstate';
import { createReader } from './happening.ts';
import type { ActorStep } from './happening.ts';
import { createRing } from './ring.ts';
import type { Ring } from './ring.ts';

export type { ActorStep as Happening } from './happening.ts';
export { machineOf } from './machines.ts';
export type { MachineName } from './machines.ts';

/** What all actors of a system do, for whoever looks. */
export interface Inspector {
  /** Hears of each step until it ends; the first who looks switches the inspection on, the last one off. */
  watch(listener: (happening: ActorStep) => void): () => void;
  /** The last steps of an actor, oldest first, since somebody looks. */
  of(actor: string): ActorStep[];
}

export interface InspectorOptions {
  /** How many steps are kept; default 1,000. */
  size?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Hears of what went wrong; nothing of it reaches the actors. */
  onError?: (error: unknown) => void;
}

/**
 * Inspects the system of an actor while somebody looks, and costs nothing while nobody does: no listener, no timer,
 * nothing kept.
 *
 * @example
 * const stop = createInspector(supervisor).watch(({ actor, event, state }) => draw(actor, event, state));
 */
export function createInspector(
  root: Pick<AnyActorRef, 'system'>,
  options: InspectorOptions = {},
): Inspector {
  const { size = 1000, now = Date.now, onError = () => {} } = options;
  const listeners = new Set<(happening: ActorStep) => void>();
  let attached: { subscription: Subscription; ring: Ring } | null = null;

  function attach() {
    const ring = createRing(size);
    const read = createReader(now);
    const subscription = root.system.inspect((inspected) => {
      // What is thrown here would come out of the `send` of whoever sent, and leave his event half done.
      try {
        const happening = read(inspected);
        if (happening === null) return;
        const told = ring.add(happening);
        for (const listener of listeners) listener(told);
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
    of: (actor) => attached?.ring.of(actor) ?? [],
  };
}
