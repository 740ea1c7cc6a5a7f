import { digest } from './access.ts';
import { isLoopbackPeer } from '../util/loopback.ts';
import { networkOf } from '../util/network.ts';

/** Different wrong tokens of one network in a window, before all of its tokens are refused without a comparison. */
const MAX_WRONG = 10;

/** Milliseconds from the first wrong token. */
const WINDOW = 60_000;

/** Networks that have a count of their own. */
const MAX_NETWORKS = 1000;

/** Limits how many different tokens can be tried. */
export interface Attempts {
  /** Whether too many wrong tokens came from there: then not even the right one is accepted. */
  isSpent(address: string): boolean;
  /** Counts a wrong token. The same one again is no other guess: a client with an outdated token is never locked out. */
  count(address: string, shown: string): void;
}

interface Count {
  since: number;
  /** Digests. */
  guesses: Set<string>;
}

/**
 * Counts by address, for IPv6 by /64. Within its window no count is forgotten: when there are too many networks, all
 * others share one count. So a minute sees at most `MAX_WRONG` times `MAX_NETWORKS` guesses and a few, however many
 * addresses take part. This machine always has its own count.
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

  function forgetExpired(): void {
    for (const [network, count] of counts) {
      if (isCurrent(count)) return;
      counts.delete(network);
    }
  }

  /** The count of an address; `undefined` where it has none yet, and there is room for one. */
  function find(address: string): Count | undefined {
    forgetExpired();
    const own = counts.get(networkOf(address));
    if (own !== undefined || counts.size < MAX_NETWORKS || isLoopbackPeer(address)) return own;
    if (!isCurrent(others)) others = startCount();
    return others;
  }

  return {
    isSpent: (address) => (find(address)?.guesses.size ?? 0) >= MAX_WRONG,
    count(address, shown) {
      let count = find(address);
      if (count === undefined) counts.set(networkOf(address), (count = startCount()));
      if (count.guesses.size < MAX_WRONG) count.guesses.add(digest(shown).toString('base64'));
    },
  };
}
