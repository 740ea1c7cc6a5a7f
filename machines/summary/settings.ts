/** Whether a topic can have a summary: the one place that reads this from the policy and the rules. */
import type { Policy } from '../policy.ts';
import { progressModeOf, summaryFromOf as thresholdOf } from '../routing/topic-policy.ts';
import type { TopicRules } from '../routing/topic-policy.ts';
import type { RouteId } from '../routing/types.ts';

/** What decides about summaries. */
export interface SummarySettings {
  policy: Pick<Policy, 'progress' | 'summaryFrom' | 'rate'>;
  rules: TopicRules;
}

/**
 * A summary replaces the cards of a topic while more torrents than this download; `null`: never.
 *
 * @param isScarce the daily quota is small: then one summary that stays costs fewer messages than the card of one download
 *   and its deletion
 */
export function summaryFromOf(
  { policy, rules }: SummarySettings,
  route: RouteId,
  isScarce = false,
): number | null {
  const threshold = thresholdOf(policy, rules, route);
  switch (progressModeOf(policy, rules, route)) {
    case 'auto':
      return threshold !== null && isScarce ? 0 : threshold;
    case 'summary':
      return 0;
    case 'cards':
    case 'milestones':
    case 'none':
      return null;
  }
}

/** Whether no torrent of a topic ever has a card. */
export const isAlwaysSummary = ({ policy, rules }: SummarySettings, route: RouteId): boolean =>
  progressModeOf(policy, rules, route) === 'summary';

/**
 * Whether a summary can be shown on a topic. One that cannot be updated in place would be a pile of messages.
 *
 * @param live whether ntfy updates cards in place; `null`: unknown, so the first summary shows it
 */
export const isSummaryAllowed = (settings: SummarySettings, route: RouteId, live: boolean | null): boolean =>
  live !== false && summaryFromOf(settings, route) !== null;
