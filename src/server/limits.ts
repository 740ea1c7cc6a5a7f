/** Limits for work that several clients request at the same time. */

/** A limited number of slots. */
export interface Slots {
  /** Takes a slot; the returned function releases it. `null` when none is free. */
  take(): (() => void) | null;
}

export function createSlots(max: number): Slots {
  let taken = 0;
  return {
    take() {
      if (taken >= max) return null;
      taken += 1;
      let isHeld = true;
      return () => {
        if (isHeld) taken -= 1;
        isHeld = false;
      };
    },
  };
}

/**
 * Calls `make` at most once per interval. Other calls within the interval return the same promise.
 *
 * @param interval milliseconds
 */
export function atMostEvery<T>(
  interval: number,
  make: () => Promise<T>,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let last: { at: number; made: Promise<T> } | null = null;
  return () => {
    if (last === null || now() - last.at >= interval) last = { at: now(), made: make() };
    return last.made;
  };
}
