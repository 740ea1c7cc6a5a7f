import { haveSameFields } from '../routing/fields.ts';
import { alertToShow } from './alerts.ts';
import { finishedSince } from './finish.ts';
import { nextCard } from './compose.ts';
import { observeProgress } from './progress.ts';
import type { ObservedTorrent, Seen, TorrentContext } from './types.ts';

/** The last observation and what all of them have shown, after this one. */
export const applyObservation = (
  { seen, requestedCard: shown, policy }: TorrentContext,
  { observation, at, completion }: ObservedTorrent,
): Seen => ({
  observation,
  at,
  completion,
  progress: observeProgress(seen.progress, observation, at, { shown, policy }),
});

/** Whether an observation changes no notification, and nothing that a rule can match. */
export function isUnchanged(context: TorrentContext, observed: ObservedTorrent): boolean {
  const { seen, alert, misses, quiet } = context;
  if (misses !== 0 || isRuleDue(context, observed)) return false;
  const { progress, at } = applyObservation(context, observed);
  return (
    progress.phase === seen.progress.phase &&
    progress.phase !== 'complete' &&
    finishedSince(context.finishedSince, observed) === context.finishedSince &&
    (quiet || (nextCard(context, progress, at) === null && alertToShow(context, { progress, at }) === alert))
  );
}

/** Whether the rules have to be asked again: there are others, or they could match something else. */
function isRuleDue(
  { seen, rulesVersion, deps, moving, addition }: TorrentContext,
  { observation }: ObservedTorrent,
): boolean {
  if (rulesVersion !== deps.rules.version()) return true;
  if (rulesVersion === 0) return false;
  if (moving || addition.state === 'named') return true;
  return seen.observation === null || !haveSameFields(seen.observation, observation);
}
