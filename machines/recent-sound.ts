/** Milliseconds in which the same alert or incident makes one sound. */
const SOUND_INTERVAL = 60 * 60_000;

/**
 * Whether something made a sound lately. After the clock was set back it is silent for at most as long again.
 *
 * @param at milliseconds since 1970; `undefined`: never
 */
export const isRecentSound = (at: number | undefined, now: number): boolean =>
  at !== undefined && Math.abs(now - at) < SOUND_INTERVAL;
