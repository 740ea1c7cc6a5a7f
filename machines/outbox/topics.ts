import { FIRST_RETRY, isForbidden } from './retry.ts';
import { routeOf } from '../routing/routed.ts';
import { DEFAULT_ROUTE } from '../routing/types.ts';
import type { RouteId } from '../routing/types.ts';
import type { Failure, Notification, Now } from '../domain.ts';

/** When ntfy refused a topic first, and last; in milliseconds since 1970. */
export interface TopicRefusal {
  since: number;
  at: number;
  /** Refused once, it may be permitted (`isPerhapsPermitted`): it is tried again after a few seconds, and not reported. */
  isConfirmed: boolean;
}

/** The topics that ntfy refuses while it accepts others. Changed in place. */
export interface Topics {
  refused: Map<RouteId, TopicRefusal>;
  /** Whether there is any topic but the default one. If not, its refusal is the refusal of the server. */
  hasSeveral: boolean;
}

/** @param refused topics that were refused before a restart: they are tried at once */
export const createTopics = (refused: readonly RouteId[] = []): Topics => ({
  refused: new Map(refused.map((route) => [route, { since: -Infinity, at: -Infinity, isConfirmed: true }])),
  hasSeveral: refused.length > 0,
});

/** Milliseconds between two attempts on a refused topic, and until what waits for it goes elsewhere. */
export const TOPIC_PAUSE = 5 * 60_000;

const pauseOf = ({ isConfirmed }: TopicRefusal): number => (isConfirmed ? TOPIC_PAUSE : FIRST_RETRY);

/** Whether ntfy refused this topic, which is not its only one. */
export const isTopicRefusal = ({ hasSeveral }: Topics, failure: Failure): boolean =>
  hasSeveral && failure.kind === 'unauthorized' && isForbidden(failure);

/** The parts of the traffic that decide about a topic. */
interface Refusals {
  topics: Topics;
  now: Now;
}

/** Records a refusal. Returns whether it is the one that confirms it. */
export function recordRefusal({ topics, now }: Refusals, notification: Notification): boolean {
  const route = routeOf(notification);
  const before = topics.refused.get(route);
  const at = now();
  topics.refused.set(route, { since: before?.since ?? at, at, isConfirmed: before !== undefined });
  return before?.isConfirmed === false;
}

/** Records that ntfy accepted something on its topic. Returns whether it is certain that ntfy had refused that one. */
export function recordAcceptance({ topics }: Refusals, notification: Notification): boolean {
  const route = routeOf(notification);
  const isRestored = topics.refused.get(route)?.isConfirmed === true;
  topics.refused.delete(route);
  return isRestored;
}

/**
 * What happens to a notification whose topic is refused, until the next attempt.
 * - `send`: its topic is not refused, or is due for an attempt
 * - `wait`: for that attempt
 * - `divert`: to the default topic
 * - `drop`: it is outdated by then
 */
export type Passage = 'send' | 'wait' | 'divert' | 'drop';

/**
 * Progress is soon outdated. All else waits for five minutes: then what is to be seen goes to the default topic, and the
 * supervisor keeps the deletions, for which no torrent has to wait longer.
 */
export function passageOf(refusals: Refusals, notification: Notification): Passage {
  const { topics, now } = refusals;
  const route = routeOf(notification);
  const refusal = topics.refused.get(route);
  if (refusal === undefined || waitForTopic(refusals, notification) === 0) return 'send';
  if (route === DEFAULT_ROUTE || !refusal.isConfirmed) return 'wait';
  if (notification.kind === 'progress' || notification.kind === 'summary') return 'drop';
  if ('left' in notification && notification.left) return 'wait';
  const isLong = Math.abs(now() - refusal.since) >= TOPIC_PAUSE;
  return isLong ? AFTER_PAUSE[notification.kind] : 'wait';
}

const AFTER_PAUSE: Readonly<Record<Notification['kind'], Passage>> = {
  completion: 'divert',
  removed: 'divert',
  added: 'divert',
  digest: 'divert',
  alert: 'divert',
  incident: 'wait',
  'incident-resolved': 'wait',
  summary: 'drop',
  // No torrent waits for it.
  'summary-delete': 'wait',
  'card-delete': 'drop',
  'alert-clear': 'drop',
  progress: 'drop',
};

/** Milliseconds until the next attempt on the topic of a notification. Setting the clock back makes it no longer. */
export function waitForTopic({ topics, now }: Refusals, notification: Notification): number {
  if (topics.refused.size === 0) return 0;
  const refusal = topics.refused.get(routeOf(notification));
  return refusal === undefined ? 0 : Math.max(0, pauseOf(refusal) - Math.abs(now() - refusal.at));
}
