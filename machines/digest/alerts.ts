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

/** What is decided about alerts. */
export interface Decision {
  /** What goes to the outbox: alerts with their own cards, the ends of such, the deletions of cards of those on a digest. */
  own: RequestedNotification[];
  /** Those that are on a digest from now on. */
  grouped: GroupedAlert[];
  /** The end of an alert that was on a digest, or was not sent: it is done. */
  settled: AlertClear | null;
}

interface GroupedAlert {
  digest: Digest;
  member: CollectedMember;
  alert: RequestedAlert;
}

const sendAlone = (...own: RequestedNotification[]): Decision => ({ own, grouped: [], settled: null });

/** Collects an alert, or removes one that is over from its digest. */
export function groupAlert(digests: Digests, notification: RequestedNotification, nextId: NextId): Decision {
  const { kind, key } = notification;
  if (kind === 'alert' && notification.isUpdate === true) return updateAlert(digests, notification);
  if (kind === 'alert') return collectAlert(digests, notification, nextId);
  if (kind === 'alert-clear') {
    const route = routeOf(notification);
    const left = leaveAlerts(digests, key, (digest) => digest.route === route);
    if (left.length > 0 && !hasOwnCard(left)) return { own: [], grouped: [], settled: notification };
  }
  if (kind === 'card-delete' && notification.moved !== true) {
    const left = leaveAlerts(digests, key);
    const alerted = notification.alerted && (left.length === 0 || hasOwnCard(left));
    return sendAlone({ ...notification, alerted });
  }
  return sendAlone(notification);
}

/** A torrent has one alert at a time. It is sent at once where alerts of its topic or rule are not grouped. */
function collectAlert(digests: Digests, notification: RequestedAlert, nextId: NextId): Decision {
  const { key, alert } = notification;
  const route = routeOf(notification);
  const left = leaveAlerts(digests, key, (digest) => digest.route !== route || digest.alert !== alert);
  const content = memberOf(notification);
  const isGrouped = digests.digestFrom(route) !== null && digests.isGrouped(notification.rule ?? null);
  if (!isGrouped || content === null) return sendAlone(notification);
  const at = digests.now();
  const group = { route, alert, at };
  const digest =
    holderOf(digests, group, key) ?? openDigest(digests, group) ?? startCollecting(digests, group);
  const before = memberWith(digest, key);
  if (before === undefined) digest.lastOrder += 1;
  const replaces = before?.replaces ?? (left.length === 0 ? notification.replaces : hasOwnCard(left));
  const member: CollectedMember = {
    ...content,
    order: before?.order ?? digest.lastOrder,
    ...(notification.silent === true ? { silenced: true } : {}),
    ...(typeof notification.rule === 'string' ? { rule: notification.rule } : {}),
    ...(replaces === true ? { replaces } : {}),
  };
  digest.lastJoinedAt = at;
  digests.alerts.set(key, notification);
  saveState(digests, digest);
  saveMember(digests, digest, member);
  if (digest.isCollecting === true) return sendAlone();
  schedule(digests, digest);
  return { ...putOnDigest(digests, digest, [member], nextId), settled: null };
}

/** Its buttons have changed, or it answers a press. A digest has no buttons; one that is collected is sent with them. */
function updateAlert({ byId, alerts }: Digests, notification: RequestedAlert): Decision {
  const { key, buttons } = notification;
  const digest = [...byId.values()].find((each) => each.alert !== undefined && memberWith(each, key));
  if (digest === undefined) return sendAlone(notification);
  const collected = alerts.get(key);
  if (digest.isCollecting !== true || collected === undefined) return sendAlone();
  const updated = { ...collected };
  delete updated.buttons;
  alerts.set(key, buttons === undefined ? updated : { ...updated, buttons });
  return sendAlone();
}

interface Group {
  route: RouteId;
  alert: Alert;
  at: number;
}

const digestsOf = ({ byId }: Digests, { route, alert }: Group): Digest[] =>
  [...byId.values()].filter((digest) => digest.alert === alert && digest.route === route);

const openDigest = (digests: Digests, group: Group): Digest | undefined =>
  digestsOf(digests, group).findLast((digest) => isJoinable(digest, group.at));

/** The digest that has this alert already: a restarted process requests it again until ntfy has accepted it. */
const holderOf = (digests: Digests, group: Group, key: Hash): Digest | undefined =>
  digestsOf(digests, group).findLast((digest) => memberWith(digest, key) !== undefined);

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

/** Decides about the alerts that were collected for ten seconds. */
export function releaseDue(digests: Digests, nextId: NextId): Decision {
  const now = digests.now();
  const release = sendAlone();
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
    const { own, grouped } = putOnDigest(digests, digest, members, nextId);
    release.own.push(...own);
    release.grouped.push(...grouped);
  }
  return release;
}

/** These alerts are on a digest from now on: another card that their torrent has is deleted. */
function putOnDigest(
  digests: Digests,
  digest: Digest,
  members: readonly CollectedMember[],
  nextId: NextId,
): Pick<Decision, 'own' | 'grouped'> {
  const own: RequestedNotification[] = [];
  const grouped = members.map((member) => {
    const alone = withoutOwnCard(digests, digest, member);
    if (alone !== member) own.push(deletionOf(member, nextId));
    return { digest, member: alone, alert: alertOf(digests, alone, nextId) };
  });
  return { own, grouped };
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
