import { isRecentSound } from '../recent-sound.ts';
import type { DigestMember } from '../digest/content.ts';
import type { Notification } from '../domain.ts';
import type { RouteId } from '../routing/types.ts';
import { endedSlotOf, memberOf, nameOf, slotOf } from '../digest/members.ts';
import { isSilenced } from './sound.ts';
import type { AnnouncedMember, QuietDigestOptions, StoredQuietDigest } from './types.ts';

/** A digest lists 30 of them and counts the others. */
export const MAX_MEMBERS = 2000;

interface CollectedMember extends DigestMember {
  /** Increases with each member. */
  order: number;
}

/**
 * The pending digest: what would have made a sound during quiet hours. One object that the supervisor, the outbox and the
 * actor `quiet` share. Changed in place, only by the functions of this file and of `./compose.ts`, and only inside
 * `enqueueActions`.
 */
export interface QuietDigest extends Pick<
  QuietDigestOptions,
  'hours' | 'now' | 'isCompleting' | 'takeUnheard' | 'save'
> {
  /** By their slots; the oldest first. */
  readonly members: Map<string, CollectedMember>;
  /** How many completions the limit has dropped, by route. */
  readonly dropped: Map<RouteId, number>;
  /**
   * Members whose sound a digest has made, by name: a completion that ntfy has not accepted itself, and alerts and
   * incidents within the last hour.
   */
  readonly announced: Map<string, AnnouncedMember>;
  /** Part of the digest's sequence ID. `null`: the next digest gets a new one, so that it is a card that makes a sound. */
  id: number | null;
  lastId: number;
  lastOrder: number;
  /** Changes until now, and those of them that are stored. */
  changes: number;
  storedChanges: number;
}

/** Creates the pending digest of an earlier process, or an empty one. */
export function createQuietDigest({
  hours,
  now,
  isCompleting,
  takeUnheard,
  save,
  stored,
}: QuietDigestOptions): QuietDigest {
  const digest: QuietDigest = {
    hours,
    now,
    isCompleting,
    takeUnheard,
    save,
    members: new Map(),
    dropped: new Map(Object.entries(stored?.dropped ?? {})),
    announced: new Map((stored?.announced ?? []).map((member) => [nameOf(member), member])),
    id: stored?.id ?? null,
    lastId: stored?.id ?? 0,
    lastOrder: 0,
    changes: 0,
    storedChanges: 0,
  };
  for (const member of stored?.members ?? []) put(digest, member);
  return digest;
}

/** Whether it is quiet now. */
export const isQuiet = ({ hours, now }: QuietDigest): boolean => hours()?.periodAt(now()).isQuiet ?? false;

/** Whether the digest makes its sound, or an earlier digest has made it. */
export function isAnnounced({ members, announced, now }: QuietDigest, member: DigestMember): boolean {
  if (members.get(slotOf(member))?.what === member.what) return true;
  const before = announced.get(nameOf(member));
  return before !== undefined && (before.kind === 'completion' || isRecentSound(before.at, now()));
}

/** Adds a member. A digest that was sent before becomes a new card, because it is to make a sound again. */
export function collect(digest: QuietDigest, member: DigestMember): void {
  put(digest, member);
  digest.id = null;
  digest.changes += 1;
}

function put(digest: QuietDigest, member: DigestMember): void {
  const { members } = digest;
  const slot = slotOf(member);
  digest.lastOrder += 1;
  members.delete(slot);
  members.set(slot, { ...member, order: digest.lastOrder });
  if (members.size > MAX_MEMBERS) dropOldest(digest);
}

/** Drops the oldest completion, which is counted; if there is none, the oldest problem. */
function dropOldest({ members, dropped }: QuietDigest): void {
  for (const [slot, { kind, route }] of members) {
    if (kind !== 'completion') continue;
    members.delete(slot);
    dropped.set(route, (dropped.get(route) ?? 0) + 1);
    return;
  }
  const [oldest] = members.keys();
  if (oldest !== undefined) members.delete(oldest);
}

/** Deletes the alert or incident that a notification ends, or replaces by another one. */
export function deleteEnded(digest: QuietDigest, notification: Notification): void {
  const { members } = digest;
  const slot = endedSlotOf(notification);
  const ended = slot === null ? undefined : members.get(slot);
  if (slot === null || ended === undefined) return;
  if (notification.kind === ended.kind && memberOf(notification)?.what === ended.what) return;
  members.delete(slot);
  digest.changes += 1;
}

/** What a digest contained that ntfy has accepted. */
export interface DeliveredDigest {
  memberRoute: RouteId;
  /** The order of its newest member. */
  upTo: number;
}

/** Deletes what an accepted digest contained: it has made its sound. */
export function recordDelivery(digest: QuietDigest, { memberRoute, upTo }: DeliveredDigest): void {
  const { members, dropped, announced, isCompleting, now } = digest;
  const at = now();
  for (const [slot, member] of members) {
    if (member.route !== memberRoute || member.order > upTo) continue;
    const { kind, key, what } = member;
    members.delete(slot);
    announced.set(nameOf(member), { kind, key, what, at });
  }
  dropped.delete(memberRoute);
  for (const [name, { kind, key, at: soundedAt }] of announced) {
    const isOver = kind === 'completion' ? !isCompleting(key) : !isRecentSound(soundedAt, at);
    if (isOver) announced.delete(name);
  }
  if (members.size === 0) digest.id = null;
  digest.changes += 1;
  saveChanges(digest);
}

/** The content of a digest notification that made a sound; `null` for one that was sent during quiet hours. */
export function deliveredBy(notification: Notification): DeliveredDigest | null {
  if (notification.kind !== 'digest' || notification.about !== 'quiet') return null;
  if (isSilenced(notification)) return null;
  return { memberRoute: notification.memberRoute, upTo: notification.upTo };
}

/** Stores what changed since the last call. */
export function saveChanges(digest: QuietDigest): void {
  if (digest.storedChanges === digest.changes) return;
  digest.storedChanges = digest.changes;
  digest.save(toStored(digest));
}

function toStored({ id, members, dropped, announced }: QuietDigest): StoredQuietDigest | null {
  if (members.size === 0 && announced.size === 0) return null;
  return {
    id,
    members: Array.from(members.values(), ({ order: _, ...member }) => member),
    dropped: Object.fromEntries(dropped),
    announced: [...announced.values()],
  };
}
