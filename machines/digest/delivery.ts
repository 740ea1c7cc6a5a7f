import { makesSound } from '../quiet/sound.ts';
import { routeOf } from '../routing/routed.ts';
import { alertOf } from './alerts.ts';
import { deleteDigest, digestOf, memberWith, saveMember, saveState } from './digests.ts';
import type { Digest, Digests } from './digests.ts';
import type { CollectedMember, RequestedCompletion } from './types.ts';
import type { DigestMember } from './content.ts';
import type { NextId, Notification, RequestedNotification } from '../domain.ts';

/**
 * A completion that its torrent has requested, now or after a restart, waits for its digest. Returns whether there is such
 * a digest; if not, the state file was damaged, and the completion gets its own card.
 */
export function awaitDelivery(digests: Digests, completion: RequestedCompletion): boolean {
  const digest = digests.byId.get(completion.digest ?? '');
  const member = digest === undefined ? undefined : memberWith(digest, completion.key);
  if (digest === undefined || member === undefined) return false;
  if (member.order <= digest.deliveredUpTo) digests.delivered.push(completion);
  else digests.awaited.set(completion.key, completion);
  return true;
}

/** Records that ntfy has accepted a digest: its completions are delivered, its alerts have made their sound. */
export function recordDelivery(digests: Digests, notification: RequestedNotification, nextId: NextId): void {
  const digest = digestOf(digests, notification);
  if (digest === undefined || notification.kind !== 'digest') return;
  // The all-clear: nothing is left to show.
  if (notification.resolved !== undefined && digest.members.size === 0) return deleteDigest(digests, digest);
  const before = digest.deliveredUpTo;
  digest.deliveredUpTo = Math.max(before, notification.upTo);
  digest.sentTo = routeOf(notification);
  if (makesSound(notification)) digest.soundedWith = Math.max(digest.soundedWith, notification.priority);
  saveState(digests, digest);
  for (const member of digest.members.values()) {
    if (member.order <= before || member.order > notification.upTo) continue;
    if (digest.alert === undefined) deliverCompletion(digests, digest, member);
    else digests.delivered.push(alertOf(digests, member, nextId));
  }
}

function deliverCompletion({ awaited, delivered }: Digests, { id }: Digest, { key }: CollectedMember): void {
  const completion = awaited.get(key);
  if (completion?.digest !== id) return;
  awaited.delete(key);
  delivered.push(completion);
}

/** Records that a member makes no sound: quiet hours removed it. */
export const markSilenced = (digests: Digests, digest: Digest, member: CollectedMember): void =>
  saveMember(digests, digest, { ...member, silenced: true });

/** The members whose sound a digest was to make, and that quiet hours remove. None for other notifications. */
export function takeUnheard(digests: Digests, notification: Notification): DigestMember[] {
  const digest = digestOf(digests, notification);
  if (digest === undefined || digest.silent) return [];
  const members = [...digest.members.values()].filter(
    ({ priority, silenced }) => silenced !== true && priority > digest.soundedWith,
  );
  for (const member of members) markSilenced(digests, digest, member);
  return members;
}
