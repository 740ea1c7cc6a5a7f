/** Changes of a record that no notification of the torrent causes. */
import { onRoute, routeOf } from '../routing/routed.ts';
import { DEFAULT_ROUTE } from '../routing/types.ts';
import type { RouteId } from '../routing/types.ts';
import { isTracked, mayHaveCard, oldDeletions } from './record.ts';
import type { Hash, Notification, Observation, TorrentRecord } from '../domain.ts';

/**
 * The record after a finish hook; the same object where the completion has been requested already.
 *
 * @param at milliseconds since 1970
 */
export function recordFinishHook(record: TorrentRecord, at: number): TorrentRecord {
  const isCompleting = record.stage === 'completing' || record.stage === 'completed';
  return isCompleting ? record : { ...record, finishHookAt: at };
}

/**
 * The record of a tracked torrent that was tracked once more, or that a scan shows. While it ends, it was added again,
 * and is tracked again afterwards; otherwise it is listed under this hash.
 */
export function recordReadded(record: TorrentRecord, hash: Hash): TorrentRecord {
  if (!isTracked(record)) return { ...record, readdedAs: hash };
  return recordRenamed(record, hash);
}

/** The record of a torrent that is listed under another ID. */
export const recordRenamed = (record: TorrentRecord, hash: Hash): TorrentRecord =>
  record.hash === hash ? record : { ...record, hash };

/** The record of a torrent that is complete without a notification, because its rule excludes it. */
export const recordExcluded = (record: TorrentRecord, finished: Observation): TorrentRecord => ({
  ...record,
  stage: 'completed',
  finished,
});

/** The record of a torrent whose last notification goes to the default topic: ntfy refuses its own. */
export function recordDiverted(record: TorrentRecord): TorrentRecord {
  if (record.stage === 'completing' || record.removal === null) return { ...record, route: DEFAULT_ROUTE };
  return { ...record, removal: onDefaultTopic(record.removal) };
}

/**
 * The record of a torrent whose alert goes to the default topic, where it stays until it ends; the same object if that is
 * not its alert any more. On its own topic there may be an earlier alert, which is deleted when ntfy allows it.
 */
export function recordDivertedAlert(record: TorrentRecord, alert: Notification): TorrentRecord {
  const { alertRoute, oldAlerts } = record;
  if (alert.kind !== 'alert' || record.alert !== alert.alert || alertRoute !== routeOf(alert)) return record;
  const others = oldAlerts.filter((route) => route !== DEFAULT_ROUTE && route !== alertRoute);
  const alertOn = { alertRoute: DEFAULT_ROUTE, alertDiverted: true };
  return { ...record, ...alertOn, oldAlerts: [...others, alertRoute] };
}

/** The same notification for the default topic. */
export function onDefaultTopic<N extends Notification>(notification: N): N {
  const elsewhere = { ...notification };
  delete elsewhere.route;
  return elsewhere;
}

/** The topic that the cards of a torrent are deleted from at its end. An alert elsewhere is an old alert then. */
export const endRoute = (record: TorrentRecord): RouteId =>
  mayHaveCard(record) ? record.cardRoute : record.alertRoute;

/** The notifications that delete the cards of a torrent, wherever they are. */
export function cardDeletesOf(record: TorrentRecord): Notification[] {
  const { key, card, alert, alertRoute } = record;
  const route = endRoute(record);
  const isElsewhere = alert !== null && alertRoute !== route;
  const own: Notification = {
    kind: 'card-delete',
    key,
    shown: card,
    alerted: alert !== null && !isElsewhere,
    ...onRoute(route),
  };
  const elsewhere: Notification[] = isElsewhere
    ? [{ kind: 'alert-clear', key, shown: alert, moved: true, ...onRoute(alertRoute) }]
    : [];
  return [own, ...elsewhere, ...oldDeletions(record)];
}

/** The topics, apart from the default one, that a record refers to: they must be known until it is deleted. */
export function routesOf(record: TorrentRecord): readonly RouteId[] {
  const { cardRoute, alertRoute, oldCards, oldAlerts, added, removal, ifRemoved, route } = record;
  const own = new Set([cardRoute, alertRoute, route, ...oldCards, ...oldAlerts]);
  if (added !== null) own.add(added.route);
  if (removal !== null) own.add(routeOf(removal));
  if (ifRemoved !== null) own.add(routeOf(ifRemoved));
  own.delete(DEFAULT_ROUTE);
  return own.size === 0 ? NONE : [...own];
}

const NONE: readonly RouteId[] = [];
