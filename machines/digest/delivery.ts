import { makesSound } from '../quiet/sound.ts';
import { routeOf } from '../routing/routed.ts';
import { digestOf, findMember, saveState } from './digests.ts';
import type { Digest, Digests } from './digests.ts';
import type { CollectedMember, RequestedCompletion } from './types.ts';
import type { DigestMember, Notification, RequestedNotification } from '../domain.ts';

/**
 * A completion that its torrent has requested, now or after a restart, waits for its digest. Returns whether there is such
 * a digest; if not, the state file was damaged, and the completion gets its own card.
 */
export function awaitDelivery(digests: Digests, completion: RequestedCompletion): boolean {
  const digest = digests.byId.get(completion.digest ?? '');
  const member = digest === undefined ? undefined : findMember(digest, completion.key);
  if (digest === undefined || member === undefined) return false;
  if (member.order <= digest.deliveredUpTo) digests.delivered.push(completion);
  else digests.awaited.set(completion.key, completion);
  return true;
}

/** Records that ntfy has accepted a digest: its completions are delivered. */
export function recordDelivery(digests: Digests, notification: RequestedNotification): void {
  const digest = digestOf(digests, notification);
  if (digest === undefined || notification.kind !== 'digest') return;
  const before = digest.deliveredUpTo;
  digest.deliveredUpTo = Math.max(before, notification.upTo);
  digest.sentTo = routeOf(notification);
  if (makesSound(notification)) digest.soundedWith = Math.max(digest.soundedWith, notification.priority);
  saveState(digests, digest);
  for (const { key, order } of digest.members.values()) {
    const completion = digests.awaited.get(key);
    if (order <= before || order > notification.upTo || completion?.digest !== digest.id) continue;
    digests.awaited.delete(key);
    digests.delivered.push(completion);
  }
}

/** Its members whose sound the next message makes. */
const unheardMembers = ({ members, soundedWith, silent }: Digest): CollectedMember[] =>
  silent
    ? []
    : [...members.values()].filter(({ priority, silenced }) => silenced !== true && priority > soundedWith);

/** Records that quiet hours removed the sound of a member. */
export function markSilenced({ write }: Digests, { id, members }: Digest, before: CollectedMember): void {
  const member: CollectedMember = { ...before, silenced: true };
  members.set(member.order, member);
  write({ type: 'member.save', id, member });
}

/** The members whose sound a digest was to make, and that quiet hours remove. None for other notifications. */
export function takeUnheard(digests: Digests, notification: Notification): DigestMember[] {
  const digest = digestOf(digests, notification);
  if (digest === undefined) return [];
  const members = unheardMembers(digest);
  for (const member of members) markSilenced(digests, digest, member);
  return members;
}
