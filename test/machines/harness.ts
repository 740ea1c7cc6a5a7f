/** What a machine needs in a test: a simulated clock, a parent that hears its reports, and a console that stays silent. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { createActor, createMachine, SimulatedClock } from 'xstate';
import type { ActorRefFrom, AnyStateMachine, EventObject, InputFrom } from 'xstate';
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

/** Starts a machine under a parent that only listens. */
export function startChild<Report extends EventObject, Machine extends AnyStateMachine>(
  machine: Machine,
  input: InputFrom<Machine>,
  clock = new SimulatedClock(),
): Child<Machine, Report> {
  const heard: Report[] = [];
  const parent = createActor(
    createMachine({
      invoke: { id: 'child', src: machine, input },
      on: { '*': { actions: ({ event }) => void heard.push(event as Report) } },
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
