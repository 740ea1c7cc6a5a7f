/** One speed limit for all connections together. */
import { sleep } from './wait.ts';

/** A valve: bytes pass at a rate, or not at all while it is closed. */
export interface Throttle {
  /** Resolves when that many bytes may pass. */
  pass(bytes: number): Promise<void>;
  /** Bytes per second from the next chunk on. */
  setRate(bytesPerSecond: number): void;
  close(): void;
  open(): void;
}

/** Default rate: unlimited. Waiters pass one after the other, so the rate applies to all of them together. */
export function createThrottle(initialRate = Number.POSITIVE_INFINITY): Throttle {
  let rate = initialRate;
  let next = 0;
  let queue: Promise<void> = Promise.resolve();
  let gate: Promise<void> = Promise.resolve();
  let unlock: (() => void) | null = null;

  const passNow = async (bytes: number): Promise<void> => {
    await gate;
    const now = performance.now();
    next = Math.max(next, now - 50) + (bytes / rate) * 1000; // 50 ms of credit compensate for coarse timers
    if (next > now) await sleep(next - now);
  };
  return {
    pass(bytes) {
      queue = queue.then(() => passNow(bytes));
      return queue;
    },
    setRate(bytesPerSecond) {
      rate = bytesPerSecond;
    },
    close() {
      if (unlock !== null) return;
      const closed = Promise.withResolvers<void>();
      gate = closed.promise;
      unlock = closed.resolve;
    },
    open() {
      unlock?.();
      unlock = null;
    },
  };
}
