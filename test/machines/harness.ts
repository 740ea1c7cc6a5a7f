/** Runs a machine in a test: with a simulated clock and a parent that records its reports. Fails if XState prints a warning. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { createActor, createMachine, fromCallback, SimulatedClock } from 'xstate';
import type { ActorRefFrom, AnyActorRef, AnyStateMachine, EventObject, InputFrom } from 'xstate';
import { pass } from '../support/clock.ts';

export { later, pass, settle, timersOf } from '../support/clock.ts';

/** The development build of XState prints what is wrong with a machine. */
const warnings: unknown[][] = [];
for (const method of ['warn', 'error'] as const) {
  console[method] = (...args: unknown[]) => void warnings.push(args);
}
after(() => assert.deepEqual(warnings, [], 'XState printed warnings'));

export interface Child<Machine extends AnyStateMachine, Report extends EventObject> {
  actor: ActorRefFrom<Machine>;
  clock: SimulatedClock;
  /** The events that it sent to its parent. */
  reports: Report[];
  /** Those since the last call. */
  newReports: () => Report[];
  pass: (ms: number) => Promise<void>;
  stop: () => void;
}

/** Services by their system ID; each is called with the events that it receives. */
export type Services = Readonly<Record<string, (event: EventObject) => void>>;

/** Starts a machine with a parent and services that only record what they receive. */
export function startChild<Report extends EventObject, Machine extends AnyStateMachine>(
  machine: Machine,
  input: InputFrom<Machine> | ((parent: AnyActorRef) => InputFrom<Machine>),
  {
    clock = new SimulatedClock(),
    services = {},
    onReport = () => {},
  }: { clock?: SimulatedClock; services?: Services; onReport?: (report: Report) => void } = {},
): Child<Machine, Report> {
  const reports: Report[] = [];
  const parent = createActor(
    createMachine({
      invoke: [
        ...Object.entries(services).map(([id, record]) => ({
          id,
          systemId: id,
          src: fromCallback(({ receive }) => receive(record)),
        })),
        {
          id: 'child',
          src: machine,
          input: ({ self }: { self: AnyActorRef }) =>
            typeof input === 'function'
              ? (input as (parent: AnyActorRef) => InputFrom<Machine>)(self)
              : input,
        },
      ],
      on: {
        '*': {
          actions: ({ event }) => {
            reports.push(event as Report);
            onReport(event as Report);
          },
        },
      },
    }),
    { clock },
  ).start();
  let read = 0;
  return {
    actor: parent.getSnapshot().children.child as ActorRefFrom<Machine>,
    clock,
    reports,
    newReports: () => {
      const fresh = reports.slice(read);
      read = reports.length;
      return fresh;
    },
    pass: (ms) => pass(clock, ms),
    stop: () => void parent.stop(),
  };
}
