import { digest } from './access.ts';
import { isLoopbackPeer } from '../util/loopback.ts';
import { networkOf } from '../util/network.ts';

/** Different wrong tokens from one network in a window, before it is locked out. */
const MAX_WRONG_TOKENS = 10;

/** Milliseconds, from the first wrong token. */
const WINDOW = 60_000;

/** Networks with a count of their own. */
const MAX_NETWORKS = 1000;

/** Limits how many different tokens can be tried. */
export interface Attempts {
  /** Whether the address is locked out after too many wrong tokens: even the right one is not accepted then. */
  isLockedOut(address: string): boolean;
  /** Counts a wrong token. The same token counts once: a client with an outdated token is never locked out. */
  count(address: string, presented: string): void;
}

interface Count {
  since: number;
  /** Digests of tokens. */
  guesses: Set<string>;
}

/**
 * Counts by address, for IPv6 by /64. Counts are not deleted within their window: when there are too many networks, the
 * others share one count. So at most about `MAX_WRONG_TOKENS` times `MAX_NETWORKS` tokens can be tried in a minute, from
 * any number of addresses. Loopback always has its own count.
 *
 * @param now milliseconds, monotonic
 */
export function createAttempts(now: () => number = () => performance.now()): Attempts {
  /** The oldest first. */
  const counts = new Map<string, Count>();
  let others = startCount();

  function startCount(): Count {
    return { since: now(), guesses: new Set() };
  }

  const isCurrent = ({ since }: Count): boolean => now() - since < WINDOW;

  function deleteExpired(): void {
    for (const [network, count] of counts) {
      if (isCurrent(count)) return;
      counts.delete(network);
    }
  }

  /** The count of an address; `undefined` when it has none yet and can get one. */
  function find(address: string): Count | undefined {
    deleteExpired();
    const own = counts.get(networkOf(address));
    if (own !== undefined || counts.size < MAX_NETWORKS || isLoopbackPeer(address)) return own;
    if (!isCurrent(others)) others = startCount();
    return others;
  }

  return {
    isLockedOut: (address) => (find(address)?.guesses.size ?? 0) >= MAX_WRONG_TOKENS,
    count(address, presented) {
      let count = find(address);
      if (count === undefined) counts.set(networkOf(address), (count = startCount()));
      if (count.guesses.size < MAX_WRONG_TOKENS) count.guesses.add(digest(presented).toString('base64'));
    },
  };
}
