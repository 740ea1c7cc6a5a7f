import { performance } from 'node:perf_hooks';

/** Other events get this many times the time of the caller, while there are any. */
const OTHERS_TIME_FACTOR = 4;

const waiting: Array<() => void> = [];
let isRunning = false;

/**
 * Resolves when the caller may run its next piece of low-priority work: one caller at a time, in the order of the calls.
 * After each, other events are processed first: libuv accepts one connection in each iteration of the event loop, so a
 * probe would otherwise wait for hundreds of iterations while many clients connect.
 *
 * @example
 * for (const piece of pieces) {
 *   await nextTurn();
 *   send(piece());
 * }
 */
export async function nextTurn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  if (!isRunning) {
    isRunning = true;
    setImmediate(runNext);
  }
  return promise;
}

function runNext(): void {
  const resolve = waiting.shift();
  if (resolve === undefined) {
    isRunning = false;
    return;
  }
  const from = performance.now();
  const before = countEvents();
  resolve();
  setImmediate(() => {
    const now = performance.now();
    yieldToEvents(before, now + OTHERS_TIME_FACTOR * (now - from));
  });
}

/** Until an iteration without events, or a point in time (milliseconds of `performance.now`). */
function yieldToEvents(before: number, until: number): void {
  const events = countEvents();
  if (events === before || performance.now() >= until) runNext();
  else setImmediate(yieldToEvents, events, until);
}

/** Events that the event loop has processed. */
const countEvents = (): number => performance.nodeTiming.uvMetricsInfo.events;
