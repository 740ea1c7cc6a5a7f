/** How a torrent takes part in the summary of its topic. */
import { isSent } from '../routing/routed.ts';
import { isMuted, isSilenced } from './buttons.ts';
import type { RouteId } from '../routing/types.ts';
import { isInSummary } from '../summary/board.ts';
import type { Notification, Phase, TorrentRecord } from '../domain.ts';
import { recordButtonSet, VALIDITY } from '../remote/record.ts';
import { isTracked, mayHaveCard, oldCardDeletion } from './record.ts';
import { recordWithdrawal } from './record-routing.ts';
import type { TorrentContext } from './types.ts';

/** Torrents that are queued, stopped or checked are not downloading. */
const SUMMARIZED_PHASES: ReadonlySet<Phase> = new Set(['downloading', 'stalled']);

/** The topic on which it counts as a download; `null` if it does not. */
export function summaryRouteOf(
  context: Pick<TorrentContext, 'seen' | 'quiet' | 'routing' | 'record'>,
): RouteId | null {
  const { seen, quiet, routing, record } = context;
  const isDownload = isTracked(record) && SUMMARIZED_PHASES.has(seen.progress.phase) && !isMuted(context);
  return isDownload && !quiet && isSent(routing, 'progress') ? routing.route : null;
}

/** Whether it may have a card although it is muted, or on a topic where a summary replaces all of them. */
export const isCardReplaced = (context: TorrentContext): boolean =>
  mayHaveCard(context.record) &&
  (isInSummary(context.deps.summary, context.record.cardRoute) || isSilenced(context, 'progress'));

/**
 * Whether the buttons of a card that a summary has replaced have no effect any more, or are not answered there.
 *
 * @param at milliseconds since 1970
 */
export function areButtonsLeft(context: TorrentContext, at: number): boolean {
  const { record, deps } = context;
  const shown = record.remote?.progress ?? null;
  if (shown === null || mayHaveCard(record)) return false;
  const isAnswered = isInSummary(deps.summary, record.cardRoute) && !isSilenced(context, 'progress');
  return !isAnswered || Math.abs(at - shown.madeAt) >= VALIDITY;
}

/** The record without them. */
export const withoutButtons = (record: TorrentRecord): TorrentRecord => ({
  ...record,
  remote: recordButtonSet(record.remote, 'progress', { buttons: undefined, addedAt: 0 }),
});

/** The record without its card, and what deletes that. */
export function withdrawCard(context: TorrentContext): {
  record: TorrentRecord;
  deletions: Notification[];
} {
  const { record: before, mayHaveCard: isOfEarlierRun } = context;
  const { key, cardRoute, oldCards } = before;
  const withdrawn = recordWithdrawal(before);
  // While a summary replaces its card, a press on that is answered there.
  const record = isSilenced(context, 'progress') ? withdrawn : { ...withdrawn, remote: before.remote };
  if (oldCards.includes(cardRoute)) return { record, deletions: [] };
  // The outbox knows whether this run has sent one: a card that never left needs no deletion.
  const shown = isOfEarlierRun || before.shown !== null;
  return { record, deletions: [{ ...oldCardDeletion(key, cardRoute), shown }] };
}
