/** What the actors do, in the language of the Stately inspector. Measured facts: `reference/stack.md`, part B. */
import type * as Package from '@statelyai/inspect';
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import type { AnyActorRef, InspectionEvent, Snapshot } from 'xstate';
import type { Mask } from './mask.ts';

/** The package; it is there only in a checkout with its development dependencies. */
export type Inspect = typeof Package;

/** `null` where it is not installed. */
export async function loadInspect(): Promise<Inspect | null> {
  try {
    return await import('@statelyai/inspect');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

export interface Look {
  inspect: Inspect;
  root: AnyActorRef;
  mask: Mask;
  /** Takes each message. That it throws disturbs nobody. */
  send: (message: StatelyInspectionEvent) => void;
}

/**
 * Shows all actors there are, then whatever they do, until the returned function is called. Nothing is observed
 * before or after: inspection takes a system of 500 actors a hundred times the work.
 */
export function look({ inspect, root, mask, send }: Look): () => void {
  let looking = true;
  const adapter = {
    // The package hands over a turn of the event loop later, out of reach of the observer's `try`.
    send: (message: StatelyInspectionEvent) => {
      if (looking) quietly(() => send(message));
    },
  };
  const inspector = inspect.createInspector(adapter, optionsOf(mask));
  // What an observer throws would come out of the `send` of whoever sent the event, which would be half applied then.
  const observe = (event: InspectionEvent) => quietly(() => inspector.inspect.next?.(event));
  for (const actorRef of withChildren(root)) {
    observe({ type: '@xstate.actor', actorRef, rootId: root.sessionId });
  }
  const observation = root.system.inspect(observe);
  return () => {
    looking = false;
    observation.unsubscribe();
  };
}

function withChildren(actor: AnyActorRef): AnyActorRef[] {
  const { children = {} }: { children?: Record<string, AnyActorRef | undefined> } = actor.getSnapshot();
  return [
    actor,
    ...Object.values(children).flatMap((child) => (child === undefined ? [] : withChildren(child))),
  ];
}

type Options = NonNullable<Parameters<Inspect['createInspector']>[1]>;

/** The package's own order: filter, sanitize, serialize. What one of them throws nobody could catch. */
function optionsOf(mask: Mask): Options {
  return {
    filter: ({ type }) => type in shown,
    sanitizeContext: (context) => mask(context) as typeof context,
    sanitizeEvent: (event) => ({ ...(mask(without('input', event)) as object), type: event.type }),
    serialize: (message) => {
      try {
        return shown[message.type](message as never, mask) as StatelyInspectionEvent;
      } catch {
        return headOf(message) as StatelyInspectionEvent;
      }
    },
  };
}

type Message<Type extends StatelyInspectionEvent['type']> = Extract<StatelyInspectionEvent, { type: Type }>;

/**
 * What goes out of each kind of message, field by field: a field or a kind that a later version of the package adds
 * stays here until somebody has looked at it.
 */
const shown = {
  '@xstate.actor': (message: Message<'@xstate.actor'>, mask: Mask) => ({
    ...headOf(message),
    name: message.name,
    parentId: message.parentId,
    definition: definitionOf(message.definition, mask),
    snapshot: snapshotOf(message.snapshot, mask),
  }),
  '@xstate.event': (message: Message<'@xstate.event'>) => ({
    ...headOf(message),
    sourceId: message.sourceId,
    event: message.event,
  }),
  '@xstate.snapshot': (message: Message<'@xstate.snapshot'>, mask: Mask) => ({
    ...headOf(message),
    event: message.event,
    snapshot: snapshotOf(message.snapshot, mask),
  }),
} as const;

function headOf(message: StatelyInspectionEvent) {
  const { type, sessionId, rootId, id, createdAt, _version } = message;
  return { type, sessionId, rootId, id, createdAt, _version };
}

/** A machine as it is written, without the context in it, which `sanitizeContext` never sees. */
function definitionOf(definition: string | undefined, mask: Mask): string | undefined {
  if (definition === undefined) return undefined;
  return JSON.stringify(mask(without('context', JSON.parse(definition) as object)));
}

/** No `input`: it is only passed on. `context` has been sanitized. */
function snapshotOf(snapshot: object, mask: Mask) {
  const { status, value, context, output, error } = snapshot as Partial<
    Record<'value' | 'context' | 'output' | 'error', unknown>
  > & { status?: Snapshot<unknown>['status'] };
  return { status, value, context, output: mask(output), error: mask(error) };
}

function without(name: string, value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {}
}
