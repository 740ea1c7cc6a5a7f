import { routeOf } from '../routing/routed.ts';
import { DEFAULT_ROUTE } from '../routing/types.ts';
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
  'digest',
  'removed',
  'added',
  'incident-resolved',
  // It represents many cards, and is sent at most with every second message.
  'summary',
  'alert-clear',
  'summary-delete',
  'card-delete',
  'progress',
] as const satisfies readonly Lane[];

const URGENT_LANES: ReadonlySet<Lane> = new Set(['completion', 'incident', 'alert', 'digest']);

/** Whether progress answers a press of a button, or ends a question: someone waits for it. */
const isAnswer = (notification: Notification): boolean =>
  notification.kind === 'progress' && notification.isUpdate === true;

/** Urgent messages may use the reserved tokens. */
export const isUrgent = (notification: Notification): boolean =>
  URGENT_LANES.has(notification.kind) || isAnswer(notification);

/** What a newer notification of the same key supersedes. */
export const SUPERSEDES: Readonly<Record<Lane, readonly Lane[]>> = {
  completion: ['completion', 'progress', 'alert'],
  incident: ['incident', 'incident-resolved'],
  alert: ['alert', 'alert-clear'],
  digest: ['digest'],
  removed: ['removed', 'progress', 'alert'],
  added: ['added'],
  'incident-resolved': ['incident-resolved', 'incident'],
  summary: ['summary', 'summary-delete'],
  'alert-clear': ['alert-clear', 'alert'],
  'summary-delete': ['summary-delete', 'summary'],
  'card-delete': ['card-delete', 'progress', 'alert', 'alert-clear'],
  progress: ['progress', 'card-delete'],
};

/** A card that moved to another topic leaves its alert where it is. */
const SUPERSEDED_BY_MOVE: readonly Lane[] = ['card-delete', 'progress'];

/** The lanes in which this notification supersedes what waits for the same torrent and topic. */
export const supersededBy = (notification: Notification): readonly Lane[] =>
  notification.kind === 'card-delete' && notification.moved === true
    ? SUPERSEDED_BY_MOVE
    : SUPERSEDES[notification.kind];

/** Identifies a torrent's cards on one topic, or an incident: its place in a lane. The default topic is the key alone. */
export function placeOf(notification: Notification): string {
  const route = routeOf(notification);
  return route === DEFAULT_ROUTE ? notification.key : `${notification.key}@${route}`;
}

export function createLanes(): Lanes {
  return {
    completion: new Map(),
    incident: new Map(),
    alert: new Map(),
    digest: new Map(),
    removed: new Map(),
    added: new Map(),
    'incident-resolved': new Map(),
    summary: new Map(),
    'alert-clear': new Map(),
    'summary-delete': new Map(),
    'card-delete': new Map(),
    progress: new Map(),
  };
}

/**
 * The notification that replaces another one, which ntfy has not accepted: the update of an alert makes its sound, and
 * progress is sent if that answered a press.
 */
export function inPlaceOf(
  replaced: Notification | undefined,
  notification: RequestedNotification,
): RequestedNotification {
  if (notification.kind === 'progress' && replaced?.kind === 'progress' && replaced.isUpdate === true)
    return { ...notification, isUpdate: true };
  const isUpdate = notification.kind === 'alert' && notification.isUpdate === true;
  if (!isUpdate || replaced?.kind !== 'alert' || replaced.silent === true) return notification;
  return { ...notification, silent: false };
}

/** Puts a notification in its lane, where it keeps the place of what it supersedes there. Answers precede other progress. */
export function put(lanes: Lanes, notification: RequestedNotification): void {
  const { kind } = notification;
  const place = placeOf(notification);
  for (const lane of supersededBy(notification)) if (lane !== kind) lanes[lane].delete(place);
  const lane = lanes[kind];
  lane.set(place, notification);
  if (!isAnswer(notification)) return;
  // Presses are rare, so that the copy does no harm.
  const others = [...lane].filter(([, waiting]) => !isAnswer(waiting));
  for (const [other] of others) lane.delete(other);
  for (const [other, waiting] of others) lane.set(other, waiting);
}

export function remove(lanes: Lanes, notification: Notification): void {
  lanes[notification.kind].delete(placeOf(notification));
}

/** Whether something newer waits that makes this one void. */
export function isSuperseded(lanes: Lanes, notification: Notification): boolean {
  const place = placeOf(notification);
  return LANES.some((lane) => {
    const waiting = lanes[lane].get(place);
    return waiting !== undefined && supersededBy(waiting).includes(notification.kind);
  });
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
 * @param budgetWait milliseconds that one waits for the budget: in a lane, the first waits the shortest time
 * @param cardWait milliseconds that one waits for its card's sake; `Infinity` while something else than time holds it
 */
export function next(
  lanes: Lanes,
  budgetWait: (notification: RequestedNotification) => number,
  cardWait: (notification: RequestedNotification) => number,
): Next | null {
  let soonest: Next | null = null;
  for (const lane of LANES) {
    for (const notification of lanes[lane].values()) {
      const least = budgetWait(notification);
      const wait = Math.max(least, cardWait(notification));
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
