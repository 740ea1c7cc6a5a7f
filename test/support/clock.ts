/** Simulated time. */
import assert from 'node:assert/strict';
import type { SimulatedClock } from 'xstate';

/** Lets all promises settle that wait for no timer. */
export const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

interface Timer {
  start: number;
  timeout: number;
}

/** The active timers. XState keeps them private. */
export const timersOf = (clock: SimulatedClock): Timer[] => [
  ...(clock['timeouts'] as Map<number, Timer>).values(),
];

function nextDue(clock: SimulatedClock): number {
  let due = Infinity;
  for (const { start, timeout } of timersOf(clock)) due = Math.min(due, start + Math.max(0, timeout));
  return due;
}

/** More steps than any test takes: without a limit, a machine that repeatedly sets timers would never end. */
const MAX_STEPS = 500_000;

/**
 * Advances the time from timer to timer. One jump is not enough: a timer that is set during it would start at its
 * end.
 */
export async function pass(clock: SimulatedClock, ms: number): Promise<void> {
  const end = clock.now() + ms;
  await settle();
  for (let steps = 0; nextDue(clock) <= end; steps += 1) {
    assert.ok(steps < MAX_STEPS, 'a timer is set in an endless loop');
    clock.set(Math.max(clock.now(), nextDue(clock)));
    await settle();
  }
  clock.set(end);
  await settle();
}

/** Resolves with a value after simulated time. */
export async function later<T>(clock: SimulatedClock, ms: number, value: T): Promise<T> {
  await new Promise<void>((resolve) => void clock.setTimeout(() => resolve(), ms));
  return value;
}
