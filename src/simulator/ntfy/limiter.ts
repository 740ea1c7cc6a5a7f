/** ntfy's limits per visitor: a token bucket of requests and a daily quota of messages. */

/** A token bucket that refills one token each `refillMs`. */
export interface Bucket {
  take: () => boolean;
  isEmpty: () => boolean;
}

export function createBucket(size: number, refillMs: number, now: () => number): Bucket {
  let tokens = size;
  let at = now();
  const refill = () => {
    tokens = Math.min(size, tokens + (now() - at) / refillMs);
    at = now();
  };
  const isEmpty = () => {
    refill();
    return tokens < 1;
  };
  return {
    isEmpty,
    take: () => {
      if (isEmpty()) return false;
      tokens -= 1;
      return true;
    },
  };
}

const DAY_MS = 86_400_000;

/** Counts up to `limit`; reset at 00:00 UTC. */
export interface DailyQuota {
  limit: number;
  used: () => number;
  take: () => boolean;
}

export function createDailyQuota(limit: number, now: () => number): DailyQuota {
  let day = -1;
  let count = 0;
  const used = () => {
    const today = Math.floor(now() / DAY_MS);
    if (today !== day) count = 0;
    day = today;
    return count;
  };
  return {
    limit,
    used,
    take: () => {
      if (used() >= limit) return false;
      count += 1;
      return true;
    },
  };
}
