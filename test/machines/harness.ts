/** What a machine needs in a test: a simulated clock, a parent that hears its reports, and a console that stays silent. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { createActor, createMachine, fromCallback, SimulatedClock } from 'xstate';
import type { ActorRefFrom, AnyActorRef, AnyStateMachine, EventObject, InputFrom } from 'xstate';

/** The development build of XState says by the console what is wrong with a machine. */
const complaints: unknown[][] = [];
for (const method of ['warn', 'error'] as const) {
  console[method] = (...said: unknown[]) => void complaints.push(said);
}
after(() => assert.deepEqual(complaints, [], 'XState complained'));

/** Lets everything happen that promises have in store. */
export const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

interface Timer {
  start: number;
  timeout: number;
}

/** The timers that wait. XState keeps them private; a test may look. */
export const timersOf = (clock: SimulatedClock): Timer[] => [
  ...(clock['timeouts'] as Map<number, Timer>).values(),
];

const nextDue = (clock: SimulatedClock): number =>
  Math.min(...timersOf(clock).map(({ start, timeout }) => start + Math.max(0, timeout)));

/**
 * Lets time pass from timer to timer. One jump would not do: a timer that is set on the way starts from where the
 * jump ends.
 */
export async function pass(clock: SimulatedClock, ms: number): Promise<void> {
  const end = clock.now() + ms;
  await settle();
  for (let steps = 0; nextDue(clock) <= end; steps += 1) {
    assert.ok(steps < 200_000, 'time stands still: timers are set again and again');
    clock.set(Math.max(clock.now(), nextDue(clock)));
    await settle();
  }
  clock.set(end);
  await settle();
}

/** An answer that takes simulated time. */
export async function later<T>(clock: SimulatedClock, ms: number, value: T): Promise<T> {
  await new Promise<void>((resolve) => void clock.setTimeout(() => resolve(), ms));
  return value;
}

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
