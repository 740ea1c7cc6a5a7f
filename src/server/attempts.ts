import { createBoundedMap } from '../bounded-map.ts';

/** Wrong tokens of one address in a window, before all of its tokens are refused unread. */
const MOST = 10;

/** Milliseconds. */
const WINDOW = 60_000;

/** Addresses that are remembered; the one that came first is forgotten first. */
const ADDRESSES = 1000;

/** Counts wrong tokens by the address that showed them, so that nobody can try them all. */
export interface Attempts {
  /** Whether this address has shown too many wrong ones: not even a right one is looked at then. */
  isSpent(address: string): boolean;
  /** Notes a wrong one. */
  count(address: string): void;
}

export function createAttempts(now: () => number = () => performance.now()): Attempts {
  const counts = createBoundedMap<string, { since: number; wrong: number }>(ADDRESSES);
  const current = (address: string) => {
    const noted = counts.get(address);
    return noted !== undefined && now() - noted.since < WINDOW ? noted : undefined;
  };
  return {
    isSpent: (address) => (current(address)?.wrong ?? 0) >= MOST,
    count(address) {
      const noted = current(address) ?? { since: now(), wrong: 0 };
      noted.wrong += 1;
      counts.set(address, noted);
    },
  };
}
