import { onRoute, routeOf } from '../routing/routed.ts';
import { DEFAULT_ROUTE } from '../routing/types.ts';
import type { RouteId } from '../routing/types.ts';
import { recordButtonSet } from '../remote/record.ts';
import type { Alert, Hash, Notification, Outcome, TorrentRecord } from '../domain.ts';

/** One array for all torrents that never moved. */
export const NO_ROUTES: readonly RouteId[] = Object.freeze([]);

/** The record of a new torrent. `since` is in milliseconds since 1970. */
export function createRecord(hash: Hash, since: number, quiet = false): TorrentRecord {
  return {
    key: hash,
    hash,
    shown: null,
    highest: 0,
    received: false,
    card: false,
    since,
    stage: 'tracked',
    alert: null,
    sounded: {},
    readdedAs: null,
    finished: null,
    finishHookAt: null,
    quiet,
    cardRoute: DEFAULT_ROUTE,
    alertRoute: DEFAULT_ROUTE,
    oldCards: NO_ROUTES,
    oldAlerts: NO_ROUTES,
    moving: false,
    added: null,
    alertDiverted: false,
    alertShown: true,
    removal: null,
    ifRemoved: null,
    route: DEFAULT_ROUTE,
    rule: null,
    excluded: false,
    fixed: null,
    completionCard: null,
    remote: null,
  };
}

/** Whether a torrent is polled: its completion has not been requested, and qBittorrent still lists it. */
export const isTracked = ({ stage }: TorrentRecord): boolean => stage === 'tracked';

/** Whether a progress card may be on the phone. */
export const mayHaveCard = ({ card, shown }: TorrentRecord): boolean => card || shown !== null;

/** Whether cards have still to be deleted from topics on which they were before. */
export const hasOldCards = ({ oldCards, oldAlerts }: TorrentRecord): boolean =>
  oldCards.length > 0 || oldAlerts.length > 0;

/** The routes with this one. */
export const withRoute = (routes: readonly RouteId[], route: RouteId): readonly RouteId[] =>
  routes.includes(route) ? routes : [...routes, route];

/** The routes without this one: the same array where the topic is not in it: changes are compared by identity. */
export function withoutRoute(routes: readonly RouteId[], route: RouteId): readonly RouteId[] {
  if (!routes.includes(route)) return routes;
  return routes.length === 1 ? NO_ROUTES : routes.filter((each) => each !== route);
}

/**
 * The record before a notification is sent; the same object where nothing has to be stored first. A completion stays
 * stored until ntfy has accepted it.
 */
export function recordRequest(record: TorrentRecord, notification: Notification): TorrentRecord {
  const route = routeOf(notification);
  switch (notification.kind) {
    case 'completion': {
      const { torrent: finished, rule = null, fixed = null, digest: completionCard = 'own' } = notification;
      return { ...record, stage: 'completing', finished, route, rule, fixed, completionCard };
    }
    case 'progress': {
      const highest = Math.max(record.highest, notification.card.percent);
      // The deletion of an earlier card on this topic is superseded.
      const oldCards = withoutRoute(record.oldCards, route);
      const { buttons, torrent } = notification;
      const remote = recordButtonSet(record.remote, 'progress', { buttons, addedAt: torrent.addedAt });
      const received = record.received || torrent.downloaded > 0;
      const isSame = highest === record.highest && received === record.received;
      const isStored = record.card && isSame && remote === record.remote;
      if (isStored && record.cardRoute === route && oldCards === record.oldCards) return record;
      return { ...record, card: true, highest, quiet: false, received, cardRoute: route, oldCards, remote };
    }
    case 'alert': {
      const moves = record.alert !== null && record.alertRoute !== route;
      const before = moves ? withRoute(record.oldAlerts, record.alertRoute) : record.oldAlerts;
      const oldAlerts = withoutRoute(before, route);
      // Stored before it is sent: if the reply is lost, its card is deleted all the same.
      const isSameCard = record.alert === notification.alert && record.alertRoute === route;
      const alertShown = isSameCard && record.alertShown;
      const alert = { alert: notification.alert, alertRoute: route, alertDiverted: false, alertShown };
      const remote = recordButtonSet(record.remote, 'alert', { buttons: notification.buttons, addedAt: 0 });
      return { ...record, ...alert, quiet: false, oldAlerts, remote };
    }
    case 'added':
      return { ...record, added: { route, done: false } };
    case 'removed':
      return record.removal === null ? { ...record, stage: 'removed', removal: notification } : record;
    case 'card-delete':
      return notification.moved === true ? record : recordEnd(record, route);
    case 'alert-clear':
      return withoutAlertButtons(record);
    case 'incident':
    case 'incident-resolved':
    case 'digest':
    case 'summary':
    case 'summary-delete':
      return record;
  }
}

function withoutAlertButtons(record: TorrentRecord): TorrentRecord {
  const remote = recordButtonSet(record.remote, 'alert', { buttons: undefined, addedAt: 0 });
  return remote === record.remote ? record : { ...record, remote };
}

/** The cards on this topic are deleted for good; an alert on another one is deleted separately. */
function recordEnd(record: TorrentRecord, route: RouteId): TorrentRecord {
  const stage = isTracked(record) || record.stage === 'removed' ? 'removed' : 'completed';
  const isElsewhere = record.alert !== null && record.alertRoute !== route;
  if (!isElsewhere) return record.stage === stage ? record : { ...record, stage };
  return { ...record, stage, alert: null, oldAlerts: withRoute(record.oldAlerts, record.alertRoute) };
}

/** What is to be deleted because of a change of the record: cards that moved, or that a rule excludes now. */
export function movedDeletions(before: TorrentRecord, after: TorrentRecord): Notification[] {
  const { key } = after;
  const cards = after.oldCards.filter((route) => !before.oldCards.includes(route));
  const alerts = after.oldAlerts.filter((route) => !before.oldAlerts.includes(route));
  return [
    ...cards.map((route) => oldCardDeletion(key, route)),
    ...alerts.map((route) => oldAlertDeletion(key, route, before.alert)),
  ];
}

type DeletionOf<K extends 'card-delete' | 'alert-clear'> = Extract<Notification, { kind: K }>;

/** Deletes the progress card of a torrent from a topic on which it was before. */
export const oldCardDeletion = (key: Hash, route: RouteId): DeletionOf<'card-delete'> => ({
  kind: 'card-delete',
  key,
  shown: true,
  alerted: false,
  moved: true,
  ...onRoute(route),
});

/** Deletes its alert from such a topic. */
export const oldAlertDeletion = (
  key: Hash,
  route: RouteId,
  shown: Alert | null,
): DeletionOf<'alert-clear'> => ({
  kind: 'alert-clear',
  key,
  shown,
  moved: true,
  ...onRoute(route),
});

/** All that has still to be deleted from former topics. */
export const oldDeletions = (record: TorrentRecord): Notification[] =>
  hasOldCards(record) ? movedDeletions({ ...record, oldCards: NO_ROUTES, oldAlerts: NO_ROUTES }, record) : [];

/** How a notification of a torrent ended. `dropped`: the supervisor did not send the completion. */
export type TorrentOutcome = Outcome | 'dropped';

/**
 * The record after a notification was settled; the same object where nothing has to be stored.
 *
 * @param now milliseconds since 1970
 */
export function recordSettlement(
  record: TorrentRecord,
  notification: Notification,
  outcome: TorrentOutcome,
  now: number,
): TorrentRecord {
  if (outcome === 'superseded') return record;
  // What was not sent is no recent completion.
  if (outcome === 'dropped') return { ...record, stage: 'completed', finished: null };
  // A completion is never refused: ntfy has accepted it.
  if (notification.kind === 'completion') return { ...record, stage: 'completed' };
  if (notification.kind === 'card-delete' || notification.kind === 'alert-clear')
    return recordDeletion(record, notification, outcome);
  if (notification.kind === 'removed') return { ...record, removal: null };
  if (outcome === 'refused') return record;
  switch (notification.kind) {
    case 'progress':
      // Otherwise it moved to another topic in the meantime.
      if (routeOf(notification) !== record.cardRoute) return record;
      return { ...record, shown: notification.card, moving: false };
    case 'alert':
      return recordAlert(record, notification, now);
    case 'added':
      return { ...record, added: { route: routeOf(notification), done: true } };
    case 'incident':
    case 'incident-resolved':
    case 'digest':
    case 'summary':
    case 'summary-delete':
      return record;
  }
}

function recordAlert(
  before: TorrentRecord,
  notification: Extract<Notification, { kind: 'alert' }>,
  now: number,
): TorrentRecord {
  const isCurrent = before.alert === notification.alert && before.alertRoute === routeOf(notification);
  const record = isCurrent && !before.alertShown ? { ...before, alertShown: true } : before;
  if (notification.silent === true) return record;
  return { ...record, sounded: { ...record.sounded, [notification.alert]: now } };
}

/** After a deletion that was refused the card stays, and nothing waits for it. */
function recordDeletion(
  before: TorrentRecord,
  notification: Extract<Notification, { kind: 'card-delete' | 'alert-clear' }>,
  outcome: Outcome,
): TorrentRecord {
  const route = routeOf(notification);
  const isCard = notification.kind === 'card-delete';
  const ofAlert = !isCard || notification.moved !== true;
  const oldCards = isCard ? withoutRoute(before.oldCards, route) : before.oldCards;
  const oldAlerts = ofAlert ? withoutRoute(before.oldAlerts, route) : before.oldAlerts;
  const isSame = oldCards === before.oldCards && oldAlerts === before.oldAlerts;
  const record = isSame ? before : { ...before, oldCards, oldAlerts };
  if (outcome === 'refused' || notification.moved === true) return record;
  if (isCard) return { ...record, shown: null, highest: 0, card: false, alert: null, moving: false };
  return route === record.alertRoute ? { ...record, alert: null } : record;
}
