import type { AnyActorRef } from 'xstate';
import { charts } from '../charts/index.ts';
import type { ChartName } from '../charts/index.ts';

/** The machines that have a chart. */
export type MachineName = ChartName;

/** The machine that an actor runs; `null` for promises, callbacks and any other logic. */
export function machineOf(actor: AnyActorRef): MachineName | null {
  const { logic } = actor as { logic?: { id?: unknown } };
  const id = logic?.id;
  return typeof id === 'string' && isMachine(id) ? id : null;
}

const isMachine = (id: string): id is MachineName => Object.hasOwn(charts, id);
