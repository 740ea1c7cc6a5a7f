/** Keys that are told apart at once. Those beyond share one interval: whoever makes up keys makes no more lines either. */
const MAX_KEYS = 100;

/** When something was last said, and how often it was left out since. */
interface Said {
  at: number;
  unsaid: number;
}

export interface Throttle {
  (key: string, say: (unsaid: number) => void): void;
  /** How many keys are remembered. */
  readonly keys: number;
}

/**
 * Lets something be said at most once per interval and key, so that a flood of requests is no flood of lines.
 * What is said gets the number of times it was left out since.
 *
 * @param interval milliseconds
 */
export function throttle(interval: number, now: () => number = () => performance.now()): Throttle {
  /** The one that was said longest ago comes first. */
  const last = new Map<string, Said>();
  /** Of all keys that found no place. */
  let others: Said | undefined;
  const isRecent = ({ at }: Said): boolean => now() - at < interval;

  /** Whether there is a place for a new key: a free one, or that of a key whose interval is over. */
  function hasPlace(): boolean {
    const [oldest] = last;
    if (last.size < MAX_KEYS || oldest === undefined) return true;
    return !isRecent(oldest[1]) && last.delete(oldest[0]);
  }

  const tell = (key: string, say: (unsaid: number) => void): void => {
    const isOwn = last.has(key) || hasPlace();
    const before = isOwn ? last.get(key) : others;
    if (before !== undefined && isRecent(before)) {
      before.unsaid += 1;
      return;
    }
    const said = { at: now(), unsaid: 0 };
    if (isOwn) {
      last.delete(key);
      last.set(key, said);
    } else others = said;
    say(before?.unsaid ?? 0);
  };
  return Object.defineProperty(tell, 'keys', { get: () => last.size }) as Throttle;
}
