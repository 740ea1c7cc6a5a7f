import { isSent, onRoute, routedBy, routeOf } from '../routing/routed.ts';
import { isInSummary } from '../summary/board.ts';
import { alertButtons, answeredCard, isHeld, isSilenced, progressButtons } from './buttons.ts';
import { asRemoved, withReceipt } from './finish.ts';
import { movedCardState, nextCardState, unknownCardState } from './progress.ts';
import type { Progress } from './progress.ts';
import { isTracked } from './record.ts';
import { endRoute } from './record-changes.ts';
import type { TorrentContext } from './types.ts';
import type { Alert, CardState, Notification, Observation } from '../domain.ts';
import type { RemovalNotice } from './removal.ts';

/** The notifications whose settlement the chart waits for. */
export type AwaitedKind = 'progress' | 'completion' | 'removed' | 'card-delete';

/**
 * The next state of the card, compared with the one that was requested last; `null` if nothing is to be sent.
 *
 * @param at milliseconds since 1970
 */
export function nextCard(context: TorrentContext, progress: Progress, at: number): CardState | null {
  const { requestedCard, policy, quiet, routing, moving, deps } = context;
  if (quiet || !isSent(routing, 'progress') || isInSummary(deps.summary, routing.route)) return null;
  if (isSilenced(context, 'progress')) return null;
  if (moving) return movedCardState(progress, requestedCard, at, policy);
  if (isHeld(context, at)) return answeredCard(context, at);
  const next =
    requestedCard === null && context.mayHaveCard
      ? unknownCardState(progress, at, policy)
      : nextCardState(progress, requestedCard, at, policy);
  return next ?? answeredCard(context, at);
}

/** The notification of this kind; `null` where there is nothing to send. */
export function compose(kind: AwaitedKind, context: TorrentContext): Notification | null {
  const { key, record, mayHaveCard, alert, seen, routing } = context;
  if (kind === 'card-delete') {
    const route = endRoute(record);
    const alerted = alert !== null && record.alertRoute === route;
    // It replaces the deletion of a card that was withdrawn, and that ntfy may not have accepted before a restart.
    const shown = mayHaveCard || record.oldCards.includes(route);
    return { kind, key, shown, alerted, ...onRoute(route) };
  }
  if (kind === 'completion') return completionOf(context);
  if (kind === 'removed') return record.removal ?? removalOf(context);
  const { observation: torrent, progress, at } = seen;
  const card = nextCard(context, progress, at);
  if (torrent === null || card === null) return null;
  const routed = routedBy(routing, 'progress');
  return {
    kind,
    key,
    torrent,
    at,
    card,
    shown: record.shown,
    ...routed,
    ...progressButtons(context, card),
  };
}

/** Whether the removal of a torrent is announced. One that no poll has ever shown was perhaps never there. */
export function isRemovalAnnounced({ record, routing, deps, seen }: TorrentContext): boolean {
  if (record.removal !== null || !isTracked(record)) return record.removal !== null;
  if (seen.observation !== null) return isSent(routing, 'removed');
  return deps.rules.version() !== 0 && record.ifRemoved !== null;
}

function removalOf({ key, seen, deps, routing, record }: TorrentContext): Notification {
  const { observation, progress } = seen;
  // Without an observation it was removed while the process did not run.
  const notice =
    (observation === null ? record.ifRemoved : null) ??
    ({ name: observation?.name ?? null, ...routedBy(routing, 'removed') } satisfies RemovalNotice);
  return { kind: 'removed', key, percent: progress.percent, at: deps.now(), ...notice };
}

/** The notification that it was added. */
export function additionOf(
  { key, record, routing, seen: { at } }: TorrentContext,
  torrent: Observation,
): Notification {
  const notification: Notification = { kind: 'added', key, torrent, at, ...routedBy(routing, 'added') };
  if (record.added === null) return notification;
  // It may be on the topic already to which it was sent before the restart.
  delete notification.route;
  return { ...notification, ...onRoute(record.added.route) };
}

/** The notification of an alert, by what was observed last. */
export function alertNotificationOf(context: TorrentContext, alert: Alert): Notification {
  const { key, record, routing, seen } = context;
  const { observation, progress } = seen;
  const routed = routedBy(routing, 'alerts');
  const notification: Notification = {
    kind: 'alert',
    key,
    name: observation?.name ?? null,
    percent: progress.percent,
    alert,
    ...routed,
    ...alertButtons(context, alert),
  };
  if (context.isAlertUnsent) return notification;
  const isSameTopic = record.alertRoute === routeOf(routed);
  if (context.alert === alert && record.alert === alert && isSameTopic)
    return { ...notification, silent: true, isUpdate: true };
  // One that only moves to another topic has made its sound.
  if (record.alert === alert && !isSameTopic) return { ...notification, silent: true };
  return record.alert !== null && record.alert !== alert && isSameTopic
    ? { ...notification, replaces: true }
    : notification;
}

/** What is finished, and when that was observed in milliseconds since 1970; `null` if nothing is known of it. */
export function finishedOf({ key, seen, finishedSince, misses, record }: TorrentContext) {
  const { observation, at } = seen;
  if (observation?.phase === 'complete' && misses === 0)
    return { torrent: withReceipt(observation, record), at };
  if (finishedSince === null) return null;
  return { torrent: asRemoved(observation, key, finishedSince), at: Math.max(at, finishedSince) };
}

/**
 * The completion with the digest that shows it, if any. It is decided when the completion is requested first, and stored
 * with it.
 */
export function withCard(
  { record, deps, seen: { complete: size, at } }: TorrentContext,
  completion: Extract<Notification, { kind: 'completion' }>,
): Notification {
  const card = record.completionCard ?? deps.cards.assign(completion, { size, at });
  return card === 'own' ? completion : { ...completion, digest: card };
}

/** A completion shows the last observation; qBittorrent may have removed the torrent since, or before any poll. */
function completionOf(context: TorrentContext): Notification | null {
  const { key, record, routing, deps } = context;
  const finished = finishedOf(context);
  if (finished === null) return null;
  const kind = 'completion';
  if (record.stage === 'completing') {
    const { rule, route, fixed } = record;
    const named = rule === null ? {} : { rule };
    return { kind, key, ...finished, ...onRoute(route), ...named, ...(fixed === null ? {} : { fixed }) };
  }
  const completion = { kind, key, ...finished, ...routedBy(routing, kind) } as const;
  const fixed = deps.rules.fix(completion, routing);
  return fixed === null ? completion : { ...completion, fixed };
}
