/** Alerts: collected for ten seconds, then each has its own card, or all of one kind share one. */
import { onRoute, routeOf } from '../routing/routed.ts';
import type { RouteId } from '../routing/types.ts';
import type { Alert, Hash, NextId, RequestedNotification } from '../domain.ts';
import {
  addDigest,
  deleteDigest,
  isJoinable,
  MAX_BATCH_TIME,
  memberWith,
  saveMember,
  saveState,
} from './digests.ts';
import type { Digest, Digests } from './digests.ts';
import { memberOf } from './members.ts';
import type { AlertNotification, CollectedMember, RequestedAlert } from './types.ts';

/** Milliseconds for which alerts are collected, from the first one on. */
const COLLECTING_TIME = 10_000;

type AlertClear = Extract<RequestedNotification, { kind: 'alert-clear' }>;

/** What follows a notification about an alert. */
export interface Grouping {
  /** It goes to the outbox. */
  publish: RequestedNotification | null;
  /** It is done: the alert was on a digest, or was not sent. */
  settled: AlertClear | null;
}

/** Collects an alert, or removes one that is over from its digest. */
export function groupAlert(digests: Digests, notification: RequestedNotification): Grouping {
  const { kind, key } = notification;
  if (kind === 'alert' && collectAlert(digests, notification)) return { publish: null, settled: null };
  if (kind === 'alert-clear') {
    const route = routeOf(notification);
    const left = leaveAlerts(digests, key, (digest) => digest.route === route);
    if (left.length > 0 && !hasOwnCard(left)) return { publish: null, settled: notification };
  }
  if (kind === 'card-delete' && notification.moved !== true) {
    const left = leaveAlerts(digests, key);
    const alerted = notification.alerted && (left.length === 0 || hasOwnCard(left));
    return { publish: { ...notification, alerted }, settled: null };
  }
  return { publish: notification, settled: null };
}

/** A torrent has one alert at a time. Returns `false` where alerts of its topic or rule are not grouped. */
function collectAlert(digests: Digests, notification: RequestedAlert): boolean {
  const { key, alert } = notification;
  const route = routeOf(notification);
  const left = leaveAlerts(digests, key, (digest) => digest.route !== route || digest.alert !== alert);
  const content = memberOf(notification);
  const isGrouped = digests.digestFrom(route) !== null && digests.isGrouped(notification.rule ?? null);
  if (!isGrouped || content === null) return false;
  const at = digests.now();
  const group = { route, alert, at };
  const digest = openDigest(digests, group) ?? startCollecting(digests, group);
  const before = memberWith(digest, key);
  if (before === undefined) digest.lastOrder += 1;
  const replaces = before?.replaces ?? (left.length === 0 ? notification.replaces : hasOwnCard(left));
  digest.lastJoinedAt = at;
  digests.alerts.set(key, notification);
  if (digest.isCollecting !== true) schedule(digests, digest);
  saveState(digests, digest);
  saveMember(digests, digest, {
    ...content,
    order: before?.order ?? digest.lastOrder,
    ...(notification.silent === true ? { silenced: true } : {}),
    ...(typeof notification.rule === 'string' ? { rule: notification.rule } : {}),
    ...(replaces === true ? { replaces } : {}),
  });
  return true;
}

interface Group {
  route: RouteId;
  alert: Alert;
  at: number;
}

const openDigest = ({ byId }: Digests, { route, alert, at }: Group): Digest | undefined =>
  [...byId.values()].findLast(
    (digest) => digest.alert === alert && digest.route === route && isJoinable(digest, at),
  );

function startCollecting(digests: Digests, { route, alert, at }: Group): Digest {
  const digest = addDigest(digests, { route, alert, silent: false, isCollecting: true, at });
  digest.nextAt = at + COLLECTING_TIME;
  return digest;
}

/** It is sent again, in silence. Where each message is a new card, only the all-clear is. */
function schedule({ now, updateInterval }: Digests, digest: Digest): void {
  const interval = updateInterval(digest.route);
  const isSent = interval !== null || digest.members.size === 0;
  if (isSent) digest.nextAt = Math.max(now() + MAX_BATCH_TIME, digest.lastAt + (interval ?? 0));
}

/** An alert is over, or its torrent is gone: it leaves its digests in silence. Returns its lines. */
function leaveAlerts(
  digests: Digests,
  key: Hash,
  test: (digest: Digest) => boolean = () => true,
): CollectedMember[] {
  const left: CollectedMember[] = [];
  for (const digest of digests.byId.values()) {
    if (digest.alert === undefined || !test(digest)) continue;
    const member = memberWith(digest, key);
    if (member === undefined) continue;
    left.push(member);
    digests.alerts.delete(key);
    digest.members.delete(member.order);
    digests.write({ type: 'member.delete', id: digest.id, order: member.order });
    if (digest.isCollecting !== true) schedule(digests, digest);
    else if (digest.members.size === 0) deleteDigest(digests, digest);
  }
  return left;
}

/** Whether the torrent may have a card of its own, with another alert. */
const hasOwnCard = (left: readonly CollectedMember[]): boolean =>
  left.some(({ replaces }) => replaces === true);

/** What is decided about collected alerts. */
export interface Release {
  /** Alerts with their own cards, and the deletions of such cards of those on a digest. */
  own: RequestedNotification[];
  /** Those on a digest. */
  grouped: { digest: Digest; member: CollectedMember; alert: RequestedAlert }[];
}

/** Decides about the alerts that were collected for ten seconds. */
export function releaseDue(digests: Digests, nextId: NextId): Release {
  const now = digests.now();
  const release: Release = { own: [], grouped: [] };
  for (const digest of digests.byId.values()) {
    if (digest.isCollecting !== true || digest.nextAt > now) continue;
    const members = [...digest.members.values()];
    const from = digests.digestFrom(digest.route);
    if (from === null || members.length < from) {
      release.own.push(...members.map((member) => alertOf(digests, member, nextId)));
      for (const { key } of members) digests.alerts.delete(key);
      deleteDigest(digests, digest);
      continue;
    }
    delete digest.isCollecting;
    saveState(digests, digest);
    for (const member of members) {
      const alone = withoutOwnCard(digests, digest, member);
      if (alone !== member) release.own.push(deletionOf(member, nextId));
      release.grouped.push({ digest, member: alone, alert: alertOf(digests, alone, nextId) });
    }
  }
  return release;
}

/** The line of a torrent whose own card, with another alert, is deleted now; the same object if it has none. */
function withoutOwnCard(digests: Digests, digest: Digest, member: CollectedMember): CollectedMember {
  if (member.replaces !== true) return member;
  const alone = { ...member };
  delete alone.replaces;
  saveMember(digests, digest, alone);
  return alone;
}

/** Deletes that card. */
const deletionOf = ({ key, route }: CollectedMember, nextId: NextId): RequestedNotification => ({
  id: nextId(),
  kind: 'alert-clear',
  key,
  shown: null,
  moved: true,
  ...onRoute(route),
});

/** The notification of a member, as its torrent has requested it; after a restart, by what is stored. */
export function alertOf({ alerts }: Digests, member: CollectedMember, nextId: NextId): RequestedAlert {
  const { key, name, percent, route, rule, priority, silenced, what } = member;
  const stored: RequestedNotification<AlertNotification> = {
    id: nextId(),
    kind: 'alert',
    key,
    name,
    percent,
    // Only alerts are on such a digest.
    alert: what as Alert,
    priority,
    ...onRoute(route),
    ...(rule === undefined ? {} : { rule }),
  };
  const notification = alerts.get(key) ?? stored;
  return silenced === true ? { ...notification, silent: true } : notification;
}
