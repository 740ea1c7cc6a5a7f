/** The actors' events as messages of the Stately inspector. */
import type * as Package from '@statelyai/inspect';
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import type { AnyActorRef, InspectionEvent, Snapshot } from 'xstate';
import type { Mask } from './mask.ts';

/** The package; installed only in a checkout with development dependencies. */
export type Inspect = typeof Package;

/** `null` if it is not installed. */
export async function loadInspect(): Promise<Inspect | null> {
  try {
    return await import('@statelyai/inspect');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

export interface InspectionOptions {
  inspect: Inspect;
  root: AnyActorRef;
  mask: Mask;
  /** Receives each message. Its exceptions are ignored. */
  send: (message: StatelyInspectionEvent) => void;
}

/**
 * Sends all existing actors, then their events, until the returned function is called. Nothing is observed before or
 * after: inspection multiplies the work of a system of 500 actors by a hundred.
 */
export function startInspection({ inspect, root, mask, send }: InspectionOptions): () => void {
  let isActive = true;
  const adapter = {
    // The package calls this in a later turn of the event loop, outside the observer's `try`.
    send: (message: StatelyInspectionEvent) => {
      if (isActive) ignoreErrors(() => send(message));
    },
  };
  const inspector = inspect.createInspector(adapter, optionsOf(mask));
  // XState would throw an observer's exception in the sender's `send`, with the event half processed.
  const observe = (event: InspectionEvent) => ignoreErrors(() => inspector.inspect.next?.(event));
  for (const actorRef of withChildren(root)) {
    observe({ type: '@xstate.actor', actorRef, rootId: root.sessionId });
  }
  const observation = root.system.inspect(observe);
  return () => {
    isActive = false;
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

/** In the package's order: filter, sanitize, serialize. Exceptions in them cannot be caught elsewhere. */
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
 * The fields that are sent of each kind of message: fields and kinds that a later version of the package adds are not
 * sent until they are listed here.
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

/** The machine's definition without its context, which `sanitizeContext` does not process. */
function definitionOf(definition: string | undefined, mask: Mask): string | undefined {
  if (definition === undefined) return undefined;
  return JSON.stringify(mask(without('context', JSON.parse(definition) as object)));
}

/** Without `input`. `context` has been sanitized before. */
function snapshotOf(snapshot: object, mask: Mask) {
  const { status, value, context, output, error } = snapshot as Partial<
    Record<'value' | 'context' | 'output' | 'error', unknown>
  > & { status?: Snapshot<unknown>['status'] };
  return { status, value, context, output: mask(output), error: mask(error) };
}

function without(name: string, value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

function ignoreErrors(work: () => void): void {
  try {
    work();
  } catch {}
}
