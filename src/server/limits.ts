/** How much of the same is done at once, or again, whoever asks for it. */

/** Places for so many at once. */
export interface Slots {
  /** Takes a place; the returned function gives it back. `null` when none is free. */
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
 * Makes something at most once an interval: who asks meanwhile gets what was made, or is being made.
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
