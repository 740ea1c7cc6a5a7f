import { makesSound } from '../quiet/sound.ts';
import { routeOf } from '../routing/routed.ts';
import type { RouteId } from '../routing/types.ts';
import type { CompletionCard, DigestId, Hash, Notification } from '../domain.ts';
import { memberOf } from './members.ts';
import { countRecent, restoreRecent } from './recent.ts';
import type { RecentTimes } from './recent.ts';
import type {
  Batch,
  CollectedMember,
  Completion,
  DigestChange,
  DigestsOptions,
  DigestState,
  GroupId,
  RequestedCompletion,
} from './types.ts';

/** Milliseconds without a completion, and since its first one, after which a digest is closed. */
const MAX_GAP = 60_000;
const MAX_AGE = 10 * 60_000;
/** As many as fit into one write; further completions are on the next digest. */
export const MAX_MEMBERS = 2000;
/** Digests that are kept for the page; one with members that ntfy has not accepted is never deleted. */
export const MAX_DIGESTS = 10;
/** Milliseconds for which a digest waits for the other completions of the same poll: they are delivered in slices. */
const MAX_BATCH_TIME = 1000;
/** Milliseconds between two messages where each is a new card. */
const SEPARATE_INTERVAL = 60_000;

export interface Digest extends DigestState {
  /** By their order, the oldest first. */
  readonly members: Map<number, CollectedMember>;
  lastOrder: number;
  /** The completions of a poll that have not joined yet. */
  expected: Batch | null;
  /** When the next message is due; `Infinity`: nothing is new. */
  nextAt: number;
  /** When the last message was requested; `-Infinity` before. */
  lastAt: number;
}

/**
 * The digests of completions. One object that the supervisor, the torrents, the outbox and the actor `digest` share.
 * Changed in place, only by the functions of this folder, and only inside `assign` or `enqueueActions`.
 */
export interface Digests extends Pick<DigestsOptions, 'now' | 'digestFrom' | 'isGrouped' | 'updateInterval'> {
  readonly write: (change: DigestChange) => void;
  /** The oldest first. */
  readonly byId: Map<DigestId, Digest>;
  readonly recent: RecentTimes;
  /** Requested completions whose digest ntfy has not accepted yet, by the key of the torrent. */
  readonly awaited: Map<Hash, RequestedCompletion>;
  /** Completions that ntfy has accepted, and whose torrents do not know it yet. */
  readonly delivered: RequestedCompletion[];
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
    delivered: [],
    lastId: 0,
  };
  for (const { members, ...state } of stored?.digests ?? []) {
    const lastOrder = members.at(-1)?.order ?? 0;
    const byOrder = new Map(members.map((member) => [member.order, member]));
    const unsent = { expected: null, nextAt: Infinity, lastAt: -Infinity };
    digests.byId.set(state.id, { ...state, ...unsent, members: byOrder, lastOrder });
    digests.lastId = Math.max(digests.lastId, numberOf(state.id));
  }
  return digests;
}

const idOf = (number: number): DigestId => `d${number.toString(36)}`;
const numberOf = (id: DigestId): number => Number.parseInt(id.slice(1), 36) || 0;

const groupOf = (route: RouteId, silent: boolean): GroupId => (silent ? `${route}.silent` : route);

/** Decides on which card a completion is, and adds it to the digest. It is decided once: its record stores it. */
export function assignCard(digests: Digests, completion: Completion, batch: Batch): CompletionCard {
  const route = routeOf(completion);
  const from = digests.digestFrom(route);
  if (from === null || !digests.isGrouped(completion.rule ?? null)) return 'own';
  const silent = !makesSound(completion);
  const group = groupOf(route, silent);
  const at = digests.now();
  const times = countRecent(digests.recent, group, { at, limit: from });
  const open = openDigest(digests, group, at);
  if (open === undefined && times.length < from && batch.size < from) {
    digests.write({ type: 'recent.save', recent: Object.fromEntries(digests.recent) });
    return 'own';
  }
  const digest = open ?? addDigest(digests, { route, silent, at });
  join(digests, digest, { completion, batch, at });
  return digest.id;
}

function openDigest({ byId }: Digests, group: GroupId, now: number): Digest | undefined {
  return [...byId.values()].findLast(
    (digest) =>
      groupOf(digest.route, digest.silent) === group && digest.isOpen && closesAt(digest, now) > now,
  );
}

/** When a digest is closed if nothing joins it. Setting the clock back makes it no later. */
const closesAt = ({ openedAt, lastJoinedAt, members }: Digest, now: number): number =>
  members.size >= MAX_MEMBERS
    ? -Infinity
    : Math.min(Math.min(lastJoinedAt, now) + MAX_GAP, Math.min(openedAt, now) + MAX_AGE);

function addDigest(
  digests: Digests,
  { route, silent, at }: { route: RouteId; silent: boolean; at: number },
): Digest {
  // Also after the clock was set back, no digest gets the ID of an earlier one.
  digests.lastId = Math.max(Math.floor(at / 1000), digests.lastId + 1);
  const digest: Digest = {
    id: idOf(digests.lastId),
    route,
    silent,
    sentTo: route,
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
  deleteOldest(digests);
  return digest;
}

function deleteOldest({ byId, write }: Digests): void {
  for (const digest of byId.values()) {
    if (byId.size <= MAX_DIGESTS) break;
    if (digest.isOpen || isUndelivered(digest)) continue;
    byId.delete(digest.id);
    write({ type: 'digest.delete', id: digest.id, orders: [...digest.members.keys()] });
  }
}

interface Joining {
  completion: Completion;
  batch: Batch;
  at: number;
}

function join(digests: Digests, digest: Digest, { completion, batch, at }: Joining): void {
  const content = memberOf(completion);
  if (content === null) return;
  digest.lastOrder += 1;
  const member: CollectedMember = { ...content, order: digest.lastOrder };
  digest.members.set(member.order, member);
  digest.lastJoinedAt = at;
  digest.nextAt = dueAt(digests, digest, { batch, at });
  saveState(digests, digest);
  digests.write({ type: 'member.save', id: digest.id, member });
}

/** When a digest that has a new member is sent: at once, or when the others of the same poll have joined. */
function dueAt(
  { updateInterval }: Digests,
  digest: Digest,
  { batch, at }: Omit<Joining, 'completion'>,
): number {
  const interval = updateInterval();
  if (interval === null) return Math.min(digest.nextAt, Math.max(at, digest.lastAt) + SEPARATE_INTERVAL);
  const isSame = digest.expected?.at === batch.at;
  const left = (isSame ? (digest.expected?.size ?? 0) : batch.size) - 1;
  digest.expected = { at: batch.at, size: left };
  return Math.max(digest.lastAt + interval, left > 0 ? at + MAX_BATCH_TIME : at);
}

/** Stores a digest without its members. */
export function saveState({ write }: Digests, digest: Digest): void {
  const { id, route, silent, sentTo, openedAt, lastJoinedAt, deliveredUpTo, soundedWith, isOpen } = digest;
  write({
    type: 'digest.save',
    digest: { id, route, silent, sentTo, openedAt, lastJoinedAt, deliveredUpTo, soundedWith, isOpen },
  });
}

/** After a restart of the process or of the services: what was not delivered is due at once. */
export function resumeDigests({ byId, now }: Digests): void {
  for (const digest of byId.values())
    if (isUndelivered(digest)) Object.assign(digest, { expected: null, nextAt: now(), lastAt: -Infinity });
}

const isUndelivered = ({ deliveredUpTo, lastOrder }: Digest): boolean => deliveredUpTo < lastOrder;

/** Closes the digests that nothing has joined for a while, that are full, or whose card cannot be updated. */
export function closeDigests(digests: Digests): void {
  const now = digests.now();
  const isSeparate = digests.updateInterval() === null;
  for (const digest of digests.byId.values()) {
    const isOver = closesAt(digest, now) <= now || (isSeparate && digest.lastAt > -Infinity);
    if (!digest.isOpen || !isOver) continue;
    digest.isOpen = false;
    saveState(digests, digest);
  }
}

/** When a message is due, or a digest is closed, in milliseconds since 1970; `Infinity`: never. */
export function nextStepAt({ byId, now }: Digests): number {
  let next = Infinity;
  for (const digest of byId.values()) {
    const closing = digest.isOpen ? closesAt(digest, now()) : Infinity;
    next = Math.min(next, digest.nextAt, closing);
  }
  return next;
}

/** The completion is not sent: its line is deleted, and its digest if that has no other one. */
export function leaveDigest({ byId, write }: Digests, { key, digest: id = '' }: Completion): void {
  const digest = byId.get(id);
  const member = digest === undefined ? undefined : findMember(digest, key);
  if (digest === undefined || member === undefined) return;
  digest.members.delete(member.order);
  if (digest.members.size > 0) return write({ type: 'member.delete', id, order: member.order });
  byId.delete(id);
  write({ type: 'digest.delete', id, orders: [member.order] });
}

/** The newest line of a torrent. */
export const findMember = ({ members }: Digest, key: Hash): CollectedMember | undefined =>
  [...members.values()].findLast((member) => member.key === key);

/** The digest that a notification shows; `undefined` if it shows none of completions. */
export const digestOf = ({ byId }: Digests, notification: Notification): Digest | undefined =>
  notification.kind === 'digest' && notification.about === 'completions'
    ? byId.get(notification.key)
    : undefined;
