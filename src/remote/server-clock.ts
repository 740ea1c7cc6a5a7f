/** The clock of the ntfy server, as far as its messages tell. */
export interface ServerClock {
  /** The server sent this time, in seconds since 1970. */
  observe(time: number): void;
  /** Milliseconds since this time of the server, in seconds since 1970; 0 for a time in the future. */
  ageOf(time: number): number;
}

/**
 * Presses are dated by the server, so their age is measured by its clock: the latest time that it sent, and what has passed
 * since, because a message can wait until it is read. The clock of this machine is not involved.
 *
 * @param now milliseconds of a clock that is never set
 */
export function createServerClock(now: () => number = () => performance.now()): ServerClock {
  /** Milliseconds by which the server's clock is ahead. A message that was read late shows less. */
  let ahead = -Infinity;
  return {
    observe(time) {
      ahead = Math.max(ahead, time * 1000 - now());
    },
    ageOf: (time) => Math.max(0, now() + ahead - time * 1000),
  };
}
