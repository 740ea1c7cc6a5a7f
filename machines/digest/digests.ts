import type { DigestId } from './content.ts';
import type { Hash, Notification, RequestedNotification } from '../domain.ts';
import type { RouteId } from '../routing/types.ts';
import { restoreRecent } from './recent.ts';
import type { RecentTimes } from './recent.ts';
import type {
  Batch,
  CollectedMember,
  DigestChange,
  DigestsOptions,
  DigestState,
  RequestedAlert,
  RequestedCompletion,
} from './types.ts';

/** Milliseconds without a new member, and since the first one, after which a digest is closed. */
const MAX_GAP = 60_000;
const MAX_AGE = 10 * 60_000;
/** Milliseconds for which a digest waits for the other changes of the same poll: they are delivered in slices. */
export const MAX_BATCH_TIME = 1000;
/** As many as fit into one write; further ones are on the next digest. */
export const MAX_MEMBERS = 2000;
/** Digests that are kept for the page; one that is not done yet is never deleted. */
export const MAX_DIGESTS = 10;

export interface Digest extends DigestState {
  /** By their order, the oldest first. */
  readonly members: Map<number, CollectedMember>;
  lastOrder: number;
  /** The completions of a poll that have not joined yet. */
  expected: Batch | null;
  /** When the next message is due, or collected alerts are decided; `Infinity`: nothing is new. */
  nextAt: number;
  /** When the last message was requested; `-Infinity` before. */
  lastAt: number;
}

/**
 * The digests of completions and of alerts. One object that the supervisor, the torrents, the outbox and the actor
 * `digest` share. Changed in place, only by the functions of this folder, and only inside `assign` or `enqueueActions`.
 */
export interface Digests extends Pick<DigestsOptions, 'now' | 'digestFrom' | 'isGrouped' | 'updateInterval'> {
  readonly write: (change: DigestChange) => void;
  /** The oldest first. */
  readonly byId: Map<DigestId, Digest>;
  /** When the last completions were announced. */
  readonly recent: RecentTimes;
  /** Requested completions whose digest ntfy has not accepted yet, by the key of the torrent. */
  readonly awaited: Map<Hash, RequestedCompletion>;
  /** Requested alerts that are collected or on a digest, by the key of the torrent; none after a restart. */
  readonly alerts: Map<Hash, RequestedAlert>;
  /** What ntfy has accepted on a digest, and whose torrents do not know it yet. */
  readonly delivered: RequestedNotification[];
  lastId: number;
}

/** Creates the digests of an earlier process, or none. */
export function createDigests({ stored, write = () => {}, ...options }: DigestsOptions): Digests {
  const digests: Digests = {
    ...options,
    write,
    byId: new Map(),
    recent: restoreRecent(stored?.recent),
    awaited: new Map(),
    alerts: new Map(),
    delivered: [],
    lastId: 0,
  };
  for (const { members, ...state } of stored?.digests ?? []) {
    const lastOrder = Math.max(state.deliveredUpTo, members.at(-1)?.order ?? 0);
    const byOrder = new Map(members.map((member) => [member.order, member]));
    const unsent = { expected: null, nextAt: Infinity, lastAt: -Infinity };
    digests.byId.set(state.id, { ...state, ...unsent, members: byOrder, lastOrder });
    digests.lastId = Math.max(digests.lastId, numberOf(state.id));
  }
  return digests;
}

const idOf = (number: number): DigestId => `d${number.toString(36)}`;
const numberOf = (id: DigestId): number => Number.parseInt(id.slice(1), 36) || 0;

/** What a new digest is for; `at` in milliseconds since 1970. */
export interface NewDigest extends Pick<DigestState, 'alert' | 'isCollecting'> {
  route: RouteId;
  silent: boolean;
  at: number;
}

/** Adds an open digest without members. */
export function addDigest(digests: Digests, { at, ...group }: NewDigest): Digest {
  // Also after the clock was set back, no digest gets the ID of an earlier one.
  digests.lastId = Math.max(Math.floor(at / 1000), digests.lastId + 1);
  const digest: Digest = {
    ...group,
    id: idOf(digests.lastId),
    sentTo: group.route,
    openedAt: at,
    lastJoinedAt: at,
    deliveredUpTo: 0,
    soundedWith: 0,
    isOpen: true,
    members: new Map(),
    lastOrder: 0,
    expected: null,
    nextAt: Infinity,
    lastAt: -Infinity,
  };
  digests.byId.set(digest.id, digest);
  for (const oldest of digests.byId.values()) {
    if (digests.byId.size <= MAX_DIGESTS) break;
    if (!oldest.isOpen && !isUndelivered(oldest) && !hasAlerts(oldest)) deleteDigest(digests, oldest);
  }
  return digest;
}

/** Deletes a digest, with what is stored of it. */
export function deleteDigest({ byId, write }: Digests, { id, members }: Digest): void {
  byId.delete(id);
  write({ type: 'digest.delete', id, orders: [...members.keys()] });
}

/** Stores a digest without its members. */
export function saveState({ write }: Digests, digest: Digest): void {
  const { id, route, silent, sentTo, openedAt, lastJoinedAt, deliveredUpTo, soundedWith, isOpen } = digest;
  const { alert, isCollecting } = digest;
  const ofAlerts = {
    ...(alert === undefined ? {} : { alert }),
    ...(isCollecting === undefined ? {} : { isCollecting }),
  };
  const times = { openedAt, lastJoinedAt, deliveredUpTo, soundedWith, isOpen };
  write({ type: 'digest.save', digest: { id, ...ofAlerts, route, silent, sentTo, ...times } });
}

/** Adds or replaces a line, and stores it. */
export function saveMember({ write }: Digests, { id, members }: Digest, member: CollectedMember): void {
  members.set(member.order, member);
  write({ type: 'member.save', id, member });
}

const isUndelivered = ({ deliveredUpTo, lastOrder }: Digest): boolean => deliveredUpTo < lastOrder;

/** Whether alerts on its card hold. */
const hasAlerts = ({ alert, members }: Digest): boolean => alert !== undefined && members.size > 0;

/** Whether something may join. Setting the clock back makes that no longer. */
export const isJoinable = (digest: Digest, now: number): boolean =>
  digest.isOpen && closesAt(digest, now) > now;

/** When a digest is closed if nothing joins it. */
const closesAt = ({ openedAt, lastJoinedAt, members }: Digest, now: number): number =>
  members.size >= MAX_MEMBERS
    ? -Infinity
    : Math.min(Math.min(lastJoinedAt, now) + MAX_GAP, Math.min(openedAt, now) + MAX_AGE);

/** After a restart of the process or of the services: what was not delivered is due at once. */
export function resumeDigests({ byId, now }: Digests): void {
  for (const digest of byId.values())
    if (isUndelivered(digest)) Object.assign(digest, { expected: null, nextAt: now(), lastAt: -Infinity });
}

/** Closes the digests that nothing has joined for a while, that are full, or whose card cannot be updated. */
export function closeDigests(digests: Digests): void {
  const now = digests.now();
  for (const digest of digests.byId.values()) {
    const isSeparate = digests.updateInterval(digest.route) === null;
    const isOver = closesAt(digest, now) <= now || (isSeparate && digest.lastAt > -Infinity);
    if (!digest.isOpen || !isOver || digest.isCollecting) continue;
    digest.isOpen = false;
    saveState(digests, digest);
  }
}

/** When a message is due, or a digest is closed, in milliseconds since 1970; `Infinity`: never. */
export function nextStepAt({ byId, now }: Digests): number {
  let next = Infinity;
  for (const digest of byId.values()) {
    const closing = digest.isOpen && !digest.isCollecting ? closesAt(digest, now()) : Infinity;
    next = Math.min(next, digest.nextAt, closing);
  }
  return next;
}

/** The newest line of a torrent. */
export const memberWith = ({ members }: Digest, key: Hash): CollectedMember | undefined =>
  [...members.values()].findLast((member) => member.key === key);

/** The digest that a notification shows; `undefined` for that of quiet hours. */
export const digestOf = ({ byId }: Digests, notification: Notification): Digest | undefined =>
  notification.kind === 'digest' && notification.about !== 'quiet' ? byId.get(notification.key) : undefined;
