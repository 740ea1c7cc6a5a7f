/** Whether a topic can have a summary: the one place that reads this from the policy. */
import type { Policy } from '../policy.ts';
import type { RouteId } from '../routing/types.ts';

/** What decides about summaries. */
export interface SummarySettings {
  policy: Policy;
}

/** A summary replaces the cards of a topic while more torrents than this download; `null`: never. */
export const summaryFromOf = (
  { policy: { progress, summaryFrom } }: SummarySettings,
  _route: RouteId,
): number | null => (progress === 'auto' ? summaryFrom : null);

/**
 * Whether a summary can be shown on a topic. One that cannot be updated in place would be a pile of messages.
 *
 * @param live whether ntfy updates cards in place; `null`: unknown, so the first summary shows it
 */
export const isSummaryAllowed = (settings: SummarySettings, route: RouteId, live: boolean | null): boolean =>
  live !== false && summaryFromOf(settings, route) !== null;
