import type { Notification, RequestedNotification } from '../domain.ts';

export type Lane = Notification['kind'];

/**
 * Waiting notifications: the newest of each card, in lanes by importance. Changed in place (with thousands of torrents a
 * copy per change would be quadratic), and only inside `assign` or `enqueueActions`: XState runs plain actions after the
 * guards that follow.
 */
export type Lanes = Readonly<Record<Lane, Map<string, RequestedNotification>>>;

/** In order of importance: completions and problems, then deletions, then progress. */
export const LANES = [
  'completion',
  'incident',
  'alert',
  'quiet-digest',
  'incident-resolved',
  'alert-clear',
  'card-delete',
  'progress',
] as const satisfies readonly Lane[];

/** Urgent lanes may use the reserved tokens. */
export const isUrgent = (lane: Lane): boolean =>
  lane === 'completion' || lane === 'incident' || lane === 'alert' || lane === 'quiet-digest';

/** What a newer notification of the same key supersedes. */
export const SUPERSEDES: Readonly<Record<Lane, readonly Lane[]>> = {
  completion: ['completion', 'progress', 'alert'],
  incident: ['incident', 'incident-resolved'],
  alert: ['alert', 'alert-clear'],
  'quiet-digest': ['quiet-digest'],
  'incident-resolved': ['incident-resolved', 'incident'],
  'alert-clear': ['alert-clear', 'alert'],
  'card-delete': ['card-delete', 'progress', 'alert', 'alert-clear'],
  progress: ['progress', 'card-delete'],
};

export function createLanes(): Lanes {
  return {
    completion: new Map(),
    incident: new Map(),
    alert: new Map(),
    'quiet-digest': new Map(),
    'incident-resolved': new Map(),
    'alert-clear': new Map(),
    'card-delete': new Map(),
    progress: new Map(),
  };
}

/** Puts a notification in its lane, where it keeps the place of what it supersedes there. */
export function put(lanes: Lanes, notification: RequestedNotification): void {
  const { kind, key } = notification;
  for (const lane of SUPERSEDES[kind]) if (lane !== kind) lanes[lane].delete(key);
  lanes[kind].set(key, notification);
}

export function remove(lanes: Lanes, { kind, key }: Notification): void {
  lanes[kind].delete(key);
}

/** Whether something newer waits that makes this one void. */
export function isSuperseded(lanes: Lanes, { kind, key }: Notification): boolean {
  return LANES.some((lane) => lanes[lane].has(key) && SUPERSEDES[lane].includes(kind));
}

export function depth(lanes: Lanes): number {
  return LANES.reduce((sum, lane) => sum + lanes[lane].size, 0);
}

/** The next to leave, and how long it has to wait (0: it may leave now). */
export interface Next {
  notification: RequestedNotification;
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
  cardWait: (key: string, lane: Lane) => number,
): Next | null {
  let soonest: Next | null = null;
  for (const lane of LANES) {
    if (lanes[lane].size === 0) continue;
    const least = laneWait(lane);
    for (const notification of lanes[lane].values()) {
      const wait = Math.max(least, cardWait(notification.key, lane));
      if (wait < (soonest?.wait ?? Infinity)) soonest = { notification, wait };
      // Nothing in this lane can be sooner: with thousands waiting, one is looked at.
      if (wait === least) break;
    }
    if (soonest?.wait === 0) break;
  }
  return soonest;
}

/**
 * The newest notification of the least important lane that passes the test; `null` for none. It searches all lanes, so it
 * is only for rare cases.
 */
export function leastImportant(
  lanes: Lanes,
  test: (notification: RequestedNotification) => boolean,
): RequestedNotification | null {
  for (const lane of LANES.toReversed()) {
    const waiting = [...lanes[lane].values()];
    const found = waiting.findLast(test);
    if (found !== undefined) return found;
  }
  return null;
}
