import { haveSameFields } from '../routing/fields.ts';
import { alertToShow, isAlertDue } from './alerts.ts';
import type { Alert } from '../domain.ts';
import { finishedSince, isFirstReceipt } from './finish.ts';
import { nextCard } from './compose.ts';
import { observeProgress } from './progress.ts';
import { areButtonsLeft, isCardReplaced } from './summary.ts';
import type { ObservedTorrent, Seen, TorrentContext } from './types.ts';

/** The last observation and what all of them have shown, after this one. */
export const applyObservation = (
  { seen, requestedCard: shown, policy }: TorrentContext,
  { observation, at, completion, complete }: ObservedTorrent,
): Seen => ({
  observation,
  at,
  completion,
  complete,
  progress: observeProgress(seen.progress, observation, at, { shown, policy }),
});

/** Whether an observation changes no notification, and nothing that a rule can match. */
export function isUnchanged(context: TorrentContext, observed: ObservedTorrent): boolean {
  const { seen, alert, misses, quiet } = context;
  if (misses !== 0 || isRuleDue(context, observed) || isCardReplaced(context)) return false;
  if (isRoundDue(context, observed) || isReceiptDue(context, observed)) return false;
  if (areButtonsLeft(context, observed.at)) return false;
  const { progress, at } = applyObservation(context, observed);
  return (
    progress.phase === seen.progress.phase &&
    progress.phase !== 'complete' &&
    finishedSince(context.finishedSince, observed) === context.finishedSince &&
    (quiet || (nextCard(context, progress, at) === null && isAlertSame(context, { progress, at }, alert)))
  );
}

function isAlertSame(
  context: TorrentContext,
  seen: Pick<Seen, 'progress' | 'at'>,
  alert: Alert | null,
): boolean {
  return alertToShow(context, seen) === alert && (alert === null || !isAlertDue(context, alert, seen.at));
}

const isReceiptDue = ({ record }: TorrentContext, { observation }: ObservedTorrent): boolean =>
  isFirstReceipt(record, observation);

/** Whether its buttons belong to another download of it, or that is not known yet. */
const isRoundDue = ({ record: { remote } }: TorrentContext, { observation }: ObservedTorrent): boolean =>
  remote !== null && observation.addedAt !== 0 && remote.addedAt !== observation.addedAt;

/** Whether something depends on the rules: what they say, or what they have caused and is not done yet. */
function isRuleDue(context: TorrentContext, observed: ObservedTorrent): boolean {
  const { rulesVersion, moving, addition } = context;
  return isMatchDue(context, observed) || (rulesVersion !== 0 && (moving || addition.state === 'named'));
}

/** Whether the rules have to be matched again: there are others, or they could match something else. */
export function isMatchDue(
  { seen, rulesVersion, deps }: TorrentContext,
  { observation }: ObservedTorrent,
): boolean {
  if (rulesVersion !== deps.rules.version()) return true;
  if (rulesVersion === 0) return false;
  return seen.observation === null || !haveSameFields(seen.observation, observation);
}
