/** Keys with an interval of their own. Further ones share one interval, so that many keys do not cause many calls. */
const MAX_KEYS = 100;

/** The time of the last call, and how many were suppressed since. */
interface LastCall {
  at: number;
  suppressed: number;
}

export interface Throttle {
  (key: string, run: (suppressed: number) => void): void;
  /** The number of keys in memory. */
  readonly keys: number;
}

/**
 * Calls a function at most once per interval and key, so that a flood of requests does not cause a flood of log lines.
 * The function receives the number of calls that were suppressed since the last one.
 *
 * @param interval milliseconds
 */
export function throttle(interval: number, now: () => number = () => performance.now()): Throttle {
  /** The oldest first. */
  const last = new Map<string, LastCall>();
  /** Shared by all keys beyond `MAX_KEYS`. */
  let others: LastCall | undefined;
  const isRecent = ({ at }: LastCall): boolean => now() - at < interval;

  /** Whether a new key can be added, maybe in place of one whose interval is over. */
  function hasRoom(): boolean {
    const [oldest] = last;
    if (last.size < MAX_KEYS || oldest === undefined) return true;
    return !isRecent(oldest[1]) && last.delete(oldest[0]);
  }

  const throttled = (key: string, run: (suppressed: number) => void): void => {
    const isOwn = last.has(key) || hasRoom();
    const before = isOwn ? last.get(key) : others;
    if (before !== undefined && isRecent(before)) {
      before.suppressed += 1;
      return;
    }
    const call = { at: now(), suppressed: 0 };
    if (isOwn) {
      last.delete(key);
      last.set(key, call);
    } else others = call;
    run(before?.suppressed ?? 0);
  };
  return Object.defineProperty(throttled, 'keys', { get: () => last.size }) as Throttle;
}
