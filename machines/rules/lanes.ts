import type { Hash, Notification } from '../types.ts';

type Lane = Notification['kind'];

/**
 * What waits for ntfy: at most one notification a torrent, the newest, in lanes by what a person waits for.
 * Changed in place (with thousands of torrents a copy a change would be quadratic), and so only inside `assign` or
 * `enqueueActions`, which XState runs at once; plain actions run after the guards that come next.
 */
export type Lanes = Readonly<Record<Lane, Map<Hash, Notification>>>;

/** Terminal news first, then tidying up, then progress: that is what gets thinned. */
export const LANES = ['completion', 'dismissal', 'progress'] as const satisfies readonly Lane[];

export function createLanes(): Lanes {
  return { completion: new Map(), dismissal: new Map(), progress: new Map() };
}

/** Puts a notification in its lane; what waited for the same torrent is superseded and keeps its place for it. */
export function put(lanes: Lanes, notification: Notification): void {
  for (const lane of LANES) if (lane !== notification.kind) lanes[lane].delete(notification.key);
  lanes[notification.kind].set(notification.key, notification);
}

export function remove(lanes: Lanes, { kind, key }: Notification): void {
  lanes[kind].delete(key);
}

export function isWaiting(lanes: Lanes, key: Hash): boolean {
  return LANES.some((lane) => lanes[lane].has(key));
}

export function depth(lanes: Lanes): number {
  return LANES.reduce((sum, lane) => sum + lanes[lane].size, 0);
}

/** The next to leave, and how long it has to wait (0: it may leave now). */
export interface Next {
  notification: Notification;
  wait: number;
}

/**
 * The first that may leave now, in the order of the lanes; else the one with the shortest wait; `null` while none can
 * be waited for by the clock.
 *
 * @param laneWait milliseconds that everything in a lane waits, for the budget
 * @param cardWait milliseconds that one waits for its card's sake; `Infinity` while something else than time holds it
 */
export function next(
  lanes: Lanes,
  laneWait: (lane: Lane) => number,
  cardWait: (key: Hash) => number,
): Next | null {
  let soonest: Next | null = null;
  for (const lane of LANES) {
    const least = laneWait(lane);
    for (const notification of lanes[lane].values()) {
      const wait = Math.max(least, cardWait(notification.key));
      if (wait < (soonest?.wait ?? Infinity)) soonest = { notification, wait };
      // Nothing in this lane can be sooner: with thousands waiting, one is looked at.
      if (wait === least) break;
    }
    if (soonest?.wait === 0) break;
  }
  return soonest;
}
