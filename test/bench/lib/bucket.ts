/** A token bucket, implemented independently of the sidecar's own. */

/** Takes a token at this time, in milliseconds; returns whether there was one. Times never decrease. */
export type Bucket = (now: number) => boolean;

/** Tolerance for rounding. */
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

/** The limit of an ntfy with its defaults for an address: 60 at once, then one each 5 s. */
export const NTFY = { capacity: 60, interval: 5000 };

/** The sidecar's own limit: slightly lower. */
export const BUDGET = { capacity: 50, interval: 6000 };
