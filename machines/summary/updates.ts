import type { NextId, Notification, Outcome, RequestedNotification } from '../domain.ts';
import { onRoute, routeOf } from '../routing/routed.ts';
import { DEFAULT_ROUTE } from '../routing/types.ts';
import type { RouteId } from '../routing/types.ts';
import { countFew, forgetUnused, hasSummary } from './board.ts';
import type { SummaryBoard, TopicBoard } from './board.ts';
import { composeSummary, shownOf } from './compose.ts';
import { isCheckDue, isOver, isWaitingForPolls, isWorthSending } from './pace.ts';
import { isSummaryAllowed } from './settings.ts';

/** What the actor `summary` reports to the supervisor, for the log. It names no topic. */
export type SummaryReport =
  /** One summary replaces the cards of so many downloads. */
  | { type: 'summary.begun'; downloads: number }
  /** Each download has its own card again. */
  | { type: 'summary.ended' };

/** What is to be done now. */
export interface Updates {
  notifications: readonly RequestedNotification[];
  reports: readonly SummaryReport[];
  /** Further topics have a summary: that is stored before it is sent. */
  isStoreDue: boolean;
}

/** Decides what is to be sent, and records it on the board. */
export function takeUpdates(board: SummaryBoard, nextId: NextId): Updates {
  const at = board.now();
  const notifications: RequestedNotification[] = [];
  const reports: SummaryReport[] = [];
  let isStoreDue = false;
  for (const topic of [...board.topics.values()].filter(hasSummary)) {
    const { summary: before, isStored } = topic;
    const notification = updateTopic(board, topic, at);
    if (notification !== null) notifications.push({ ...notification, id: nextId() });
    if (before === 'begun' && topic.summary === 'shown')
      reports.push({ type: 'summary.begun', downloads: topic.members.size });
    if (before !== 'begun' && topic.summary === 'none') reports.push({ type: 'summary.ended' });
    isStoreDue ||= topic.isStored && !isStored;
  }
  return { notifications, reports, isStoreDue };
}

function updateTopic(board: SummaryBoard, topic: TopicBoard, at: number): Notification | null {
  countFew(board, topic);
  if (!isSummaryAllowed(board.settings, topic.route, board.live)) return end(board, topic);
  if (isWaitingForPolls(board, topic, at)) {
    topic.checkedAt = at;
    return null;
  }
  if (isOver(board, topic, at)) return end(board, topic);
  return isCheckDue(board, topic, at) ? check(board, topic, at) : null;
}

/** A summary that was never sent is not deleted. */
function end(board: SummaryBoard, topic: TopicBoard): Notification | null {
  topic.summary = 'none';
  topic.published = null;
  forgetUnused(board, topic);
  const { route, isStored } = topic;
  return isStored ? { kind: 'summary-delete', key: keyOf(route), ...onRoute(route) } : null;
}

/** The summary, if it shows something else than the last one. */
function check(board: SummaryBoard, topic: TopicBoard, at: number): Notification | null {
  const { route, changes, published } = topic;
  const content = composeSummary(topic, at);
  const shown = shownOf(content);
  topic.checkedAt = at;
  if (shown === published?.shown || !isWorthSending(board, topic, content)) return null;
  const { downloads, percent } = content;
  Object.assign(topic, { summary: 'shown', isStored: true });
  topic.published = { shown, at, downloads, percent, changes };
  return { kind: 'summary', key: keyOf(route), ...content, ...onRoute(route) };
}

/** One per topic: a newer one replaces the one that waits. */
const keyOf = (route: RouteId): string => (route === DEFAULT_ROUTE ? 'summary' : `summary.${route}`);

/**
 * Records what became of a summary, or of its deletion.
 *
 * @returns whether other topics than before may have a summary
 */
export function recordSettlement(
  board: SummaryBoard,
  { notification, outcome }: { notification: Notification; outcome: Outcome },
): boolean {
  const topic = board.topics.get(routeOf(notification));
  if (topic === undefined || outcome === 'superseded') return false;
  // What was not shown is sent again, with what is known then.
  if (notification.kind === 'summary' && outcome === 'refused') topic.published = null;
  if (notification.kind !== 'summary-delete' || hasSummary(topic)) return false;
  topic.isStored = false;
  forgetUnused(board, topic);
  return true;
}

/** The topics on which a summary may be. */
export const storedRoutes = ({ topics }: SummaryBoard): RouteId[] =>
  [...topics.values()].filter(({ isStored }) => isStored).map(({ route }) => route);
