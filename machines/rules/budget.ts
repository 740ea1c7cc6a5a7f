/** A token bucket, a little below ntfy's own (60 at once, then one per 5 s). */
export interface Bucket {
  tokens: number;
  /** When `tokens` was true, in milliseconds since 1970. */
  at: number;
  capacity: number;
  /** Milliseconds until one more token; 0 means: no limit. */
  interval: number;
  /** Tokens that only news a person waits for may take. */
  reserve: number;
}

const CAPACITY = 50;
const RESERVE = 10;

/** @param rate messages a minute; `null` for no limit */
export function createBucket(rate: number | null, now: number): Bucket {
  const interval = rate === null ? 0 : 60_000 / rate;
  return { tokens: CAPACITY, at: now, capacity: CAPACITY, interval, reserve: RESERVE };
}

/** The bucket as it stands at `now`. A clock that was set back gives nothing and takes nothing. */
export function refill(bucket: Bucket, now: number): Bucket {
  if (bucket.interval === 0) return { ...bucket, tokens: bucket.capacity, at: now };
  const gained = Math.max(0, now - bucket.at) / bucket.interval;
  return { ...bucket, tokens: Math.min(bucket.capacity, bucket.tokens + gained), at: now };
}

/** Milliseconds until a message may leave: 0 when it may now. `urgent` messages may take the reserve. */
export function waitForToken(bucket: Bucket, urgent: boolean): number {
  if (bucket.interval === 0) return 0;
  const needed = (urgent ? 1 : bucket.reserve + 1) - bucket.tokens;
  return Math.max(0, Math.ceil(needed * bucket.interval));
}

/** The bucket after one message left. */
export function spend(bucket: Bucket): Bucket {
  return bucket.interval === 0 ? bucket : { ...bucket, tokens: bucket.tokens - 1 };
}
