/** How a torrent takes part in the summary of its topic. */
import { isSent } from '../routing/routed.ts';
import type { RouteId } from '../routing/types.ts';
import { isInSummary } from '../summary/board.ts';
import type { Notification, Phase, TorrentRecord } from '../domain.ts';
import { isTracked, mayHaveCard, oldCardDeletion } from './record.ts';
import { recordWithdrawal } from './record-routing.ts';
import type { TorrentContext } from './types.ts';

/** Torrents that are queued, stopped or checked are not downloading. */
const SUMMARIZED_PHASES: ReadonlySet<Phase> = new Set(['downloading', 'stalled']);

/** The topic on which it counts as a download; `null` if it does not. */
export function summaryRouteOf({
  seen,
  quiet,
  routing,
  record,
}: Pick<TorrentContext, 'seen' | 'quiet' | 'routing' | 'record'>): RouteId | null {
  const isDownload = isTracked(record) && SUMMARIZED_PHASES.has(seen.progress.phase);
  return isDownload && !quiet && isSent(routing, 'progress') ? routing.route : null;
}

/** Whether it may have a card on a topic where a summary replaces all of them, whatever their torrents do. */
export const isCardReplaced = ({ record, deps }: Pick<TorrentContext, 'record' | 'deps'>): boolean =>
  mayHaveCard(record) && isInSummary(deps.summary, record.cardRoute);

/** The record without its card, and what deletes that. */
export function withdrawCard({
  record: before,
  mayHaveCard: isOfEarlierRun,
}: Pick<TorrentContext, 'record' | 'mayHaveCard'>): {
  record: TorrentRecord;
  deletions: Notification[];
} {
  const { key, cardRoute, oldCards } = before;
  const record = recordWithdrawal(before);
  if (oldCards.includes(cardRoute)) return { record, deletions: [] };
  // The outbox knows whether this run has sent one: a card that never left needs no deletion.
  const shown = isOfEarlierRun || before.shown !== null;
  return { record, deletions: [{ ...oldCardDeletion(key, cardRoute), shown }] };
}
