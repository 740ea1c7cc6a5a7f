/** Which progress is not worth a message. */
import type { CardState, Notification } from '../domain.ts';
import type { Policy, ProgressMode } from '../policy.ts';
import { routeOf } from '../routing/routed.ts';
import { progressModeOf } from '../routing/topic-policy.ts';
import type { TopicRules } from '../routing/topic-policy.ts';
import { isInSummary } from '../summary/board.ts';
import type { SummaryBoard } from '../summary/board.ts';
import { isCorrection, passesMilestone } from '../torrent/progress.ts';
import { isScarce } from './budget.ts';
import type { Budget } from './budget.ts';
import { placeOf } from './lanes.ts';

/** The parts of the traffic that decide about progress. */
interface Circumstances {
  policy: Pick<Policy, 'progress'>;
  rules: TopicRules;
  /** Whether this ntfy updates cards in place; `null` until its first answer. */
  live: boolean | null;
  sent: ReadonlyMap<string, CardState>;
  budget: Budget;
  /** `null`: there are no summaries. */
  summary: SummaryBoard | null;
}

/**
 * Whether progress is not sent: all of it on a topic that shows none any more, or has a summary; what is between two milestones, where each
 * message would be a separate card; a corrected estimate, with a small daily quota.
 */
export function isLeftOut(
  { policy, rules, live, sent, budget, summary }: Circumstances,
  notification: Extract<Notification, { kind: 'progress' }>,
): boolean {
  const mode = progressModeOf(policy, rules, routeOf(notification));
  if (mode === 'none' || (summary !== null && isInSummary(summary, routeOf(notification)))) return true;
  if (notification.isUpdate === true) return false;
  const { card, shown } = notification;
  const last = sent.get(placeOf(notification)) ?? shown;
  if (isScarce(budget) && isCorrection(last, card)) return true;
  return hasOnlyMilestones(mode, live) && !passesMilestone(last, card);
}

/** A summary is for an ntfy that updates it in place: without that, `summary` and `auto` are milestones. */
const hasOnlyMilestones = (mode: ProgressMode, live: boolean | null): boolean =>
  mode === 'milestones' || (mode !== 'cards' && live === false);
