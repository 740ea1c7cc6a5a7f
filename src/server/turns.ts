import { performance } from 'node:perf_hooks';

/** Everything else gets so many times as much of the time, while there is anything else. */
const SHARE_OF_OTHERS = 4;

const waiting: Array<() => void> = [];
let isServing = false;

/**
 * Resolves when it is the caller's turn to work for a client that can wait: one caller at a time, in the order of the
 * calls. After each, everything else that came meanwhile goes first: libuv accepts one connection in each iteration of
 * the event loop, so that a probe would wait for hundreds of iterations while many connect.
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
  if (!isServing) {
    isServing = true;
    setImmediate(serve);
  }
  return promise;
}

function serve(): void {
  const resolve = waiting.shift();
  if (resolve === undefined) {
    isServing = false;
    return;
  }
  const from = performance.now();
  const before = countEvents();
  resolve();
  setImmediate(() => {
    const now = performance.now();
    giveWay(before, now + SHARE_OF_OTHERS * (now - from));
  });
}

/** Until there was an iteration in which nothing came, or a moment is reached (milliseconds of `performance.now`). */
function giveWay(before: number, until: number): void {
  const events = countEvents();
  if (events === before || performance.now() >= until) serve();
  else setImmediate(giveWay, events, until);
}

/** Events that the event loop has seen. */
const countEvents = (): number => performance.nodeTiming.uvMetricsInfo.events;
