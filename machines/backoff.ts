/** XState passes delays to `setTimeout`, which fires at once for longer ones. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * The pause before attempt number `attempt` (1 is the first retry): exponential, with jitter over its upper half, so
 * that a server that is down is not retried at once.
 *
 * @returns milliseconds between `base` and `cap`, doubled with each attempt
 */
export function backoff(
  attempt: number,
  base: number,
  cap: number,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(cap, base * 2 ** Math.min(attempt - 1, 30), MAX_TIMEOUT);
  return Math.round(ceiling * (0.5 + random() / 2));
}
