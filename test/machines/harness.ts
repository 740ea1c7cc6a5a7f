/** What a machine needs in a test: a simulated clock, a parent that hears its reports, and a console that stays silent. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { createActor, createMachine, fromCallback, SimulatedClock } from 'xstate';
import type { ActorRefFrom, AnyActorRef, AnyStateMachine, EventObject, InputFrom } from 'xstate';
import { pass } from '../support/clock.ts';

export { later, pass, settle, timersOf } from '../support/clock.ts';

/** The development build of XState says by the console what is wrong with a machine. */
const complaints: unknown[][] = [];
for (const method of ['warn', 'error'] as const) {
  console[method] = (...said: unknown[]) => void complaints.push(said);
}
after(() => assert.deepEqual(complaints, [], 'XState complained'));

export interface Child<Machine extends AnyStateMachine, Report extends EventObject> {
  actor: ActorRefFrom<Machine>;
  clock: SimulatedClock;
  /** What it said to its parent. */
  heard: Report[];
  /** What it said since the last time somebody asked. */
  news: () => Report[];
  pass: (ms: number) => Promise<void>;
  stop: () => void;
}

/** A service that the child finds by its system ID; called with each event that it gets. */
export type Services = Readonly<Record<string, (event: EventObject) => void>>;

/** Starts a machine under a parent that only listens, beside services that do so, too. */
export function startChild<Report extends EventObject, Machine extends AnyStateMachine>(
  machine: Machine,
  input: InputFrom<Machine> | ((parent: AnyActorRef) => InputFrom<Machine>),
  {
    clock = new SimulatedClock(),
    services = {},
    onReport = () => {},
  }: { clock?: SimulatedClock; services?: Services; onReport?: (report: Report) => void } = {},
): Child<Machine, Report> {
  const heard: Report[] = [];
  const parent = createActor(
    createMachine({
      invoke: [
        ...Object.entries(services).map(([id, take]) => ({
          id,
          systemId: id,
          src: fromCallback(({ receive }) => receive(take)),
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
            heard.push(event as Report);
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
    heard,
    news: () => {
      const news = heard.slice(read);
      read = heard.length;
      return news;
    },
    pass: (ms) => pass(clock, ms),
    stop: () => void parent.stop(),
  };
}
