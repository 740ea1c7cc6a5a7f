/** A token bucket, reckoned beside the sidecar's own: nothing of that one is believed. */

/** Takes a token at this time, in milliseconds; whether there was one. Times never go back. */
export type Bucket = (now: number) => boolean;

/** Rounding is not held against anybody. */
const NUDGE = 1e-6;

export function createBucket({ capacity, interval }: { capacity: number; interval: number }): Bucket {
  let tokens = capacity;
  let at = 0;
  return (now) => {
    tokens = Math.min(capacity, tokens + (now - at) / interval);
    at = now;
    if (tokens < 1 - NUDGE) return false;
    tokens -= 1;
    return true;
  };
}

/** What an ntfy with its defaults lets an address send: 60 at once, then one each 5 s. */
export const NTFY = { capacity: 60, interval: 5000 };

/** What the sidecar keeps to: a little less. */
export const BUDGET = { capacity: 50, interval: 6000 };
