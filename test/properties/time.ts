/** Simulated time, and a console in which XState may say only what is true of any process that ends in mid-flight. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import type { SimulatedClock } from 'xstate';

const complaints: unknown[][] = [];
for (const method of ['warn', 'error'] as const) {
  console[method] = (...said: unknown[]) => {
    if (!String(said[0]).includes('was sent to stopped actor')) complaints.push(said);
  };
}
after(() => assert.deepEqual(complaints, [], 'XState complained'));

const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

interface Timer {
  start: number;
  timeout: number;
}

/** The timers that wait. XState keeps them private; a test may look. */
export const timersOf = (clock: SimulatedClock): Timer[] => [
  ...(clock['timeouts'] as Map<number, Timer>).values(),
];

function nextDue(clock: SimulatedClock): number {
  let due = Infinity;
  for (const { start, timeout } of timersOf(clock)) due = Math.min(due, start + Math.max(0, timeout));
  return due;
}

/** Lets time pass from timer to timer. */
export async function pass(clock: SimulatedClock, ms: number): Promise<void> {
  const end = clock.now() + ms;
  await settle();
  for (let steps = 0; nextDue(clock) <= end; steps += 1) {
    assert.ok(steps < 500_000, 'time stands still: timers are set again and again');
    clock.set(Math.max(clock.now(), nextDue(clock)));
    await settle();
  }
  clock.set(end);
  await settle();
}

/** Something that takes simulated time. */
export const wait = (clock: SimulatedClock, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.setTimeout(() => resolve(), ms));

/** Makes jitter repeatable: a failed property names its seed, and the same run must come of it. */
export function seedJitter(): void {
  let state = 42;
  Math.random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
