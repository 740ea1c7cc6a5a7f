/** What may be read per second on average. */
export interface PaceLimits {
  lines: number;
  bytes: number;
}

/** Milliseconds of reading at full speed that may have been unused before. */
const BURST = 1000;
/** Milliseconds: less than the silence after which a stream counts as lost. */
const MAX_PAUSE = 10_000;

/**
 * Returns the milliseconds to wait after so many lines and bytes, so that their average stays within the limits.
 *
 * @param now milliseconds of a clock that is never set
 */
export function createPace(limits: PaceLimits, now: () => number = () => performance.now()) {
  /** When reading at the limits would have read all that was read. */
  let readyAt = now() - BURST;
  return (lines: number, bytes: number): number => {
    readyAt = Math.max(readyAt, now() - BURST) + Math.max(lines / limits.lines, bytes / limits.bytes) * 1000;
    return Math.min(MAX_PAUSE, Math.max(0, readyAt - now()));
  };
}
