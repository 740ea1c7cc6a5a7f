import type { DigestMember } from './content.ts';
import type { Notification } from '../domain.ts';
import { routeOf } from '../routing/routed.ts';
import { audiblePriorityOf } from '../quiet/sound.ts';

/** In UTF-16 units; a digest shows less of it. */
const MAX_TEXT_LENGTH = 300;

const cut = (text: string | null): string | null => text?.slice(0, MAX_TEXT_LENGTH) ?? null;

/** What a digest lists for a notification; `null` for kinds that it does not list. */
export function memberOf(notification: Notification): DigestMember | null {
  const { key } = notification;
  const delivery = { route: routeOf(notification), priority: audiblePriorityOf(notification) };
  if (notification.kind === 'completion') {
    const { name, size, finishedAt } = notification.torrent;
    const what = finishedAt === null ? '' : String(finishedAt);
    return { kind: 'completion', key, what, name: cut(name), size, percent: 100, ...delivery };
  }
  if (notification.kind === 'alert') {
    const { name, percent, alert } = notification;
    return { kind: 'alert', key, what: alert, name: cut(name), size: 0, percent, ...delivery };
  }
  if (notification.kind === 'incident') {
    const { kind, message, reason } = notification.failure;
    // A repaired file is another incident than a state that is only in memory.
    const what = reason === 'state-repaired' ? reason : kind;
    return { kind: 'incident', key, what, name: cut(message), size: 0, percent: 0, ...delivery };
  }
  return null;
}

/** Identifies an event, also in another process. */
export const nameOf = ({ kind, key, what }: Pick<DigestMember, 'kind' | 'key' | 'what'>): string =>
  `${kind}:${key}:${what}`;

/**
 * The place of a member in the digest. A torrent has one alert at a time, and a source one incident; but each completion
 * of a torrent that is added again has its own line.
 */
export const slotOf = (member: DigestMember): string =>
  member.kind === 'completion' ? nameOf(member) : `${member.kind}:${member.key}`;

/** The place of a member that a notification ends; `null` if it ends none. */
export function endedSlotOf(notification: Notification): string | null {
  const { kind, key } = notification;
  // A card that moves to another topic ends nothing.
  if ('moved' in notification && notification.moved) return null;
  if (kind === 'alert' || kind === 'alert-clear' || kind === 'card-delete' || kind === 'completion')
    return `alert:${key}`;
  return kind === 'incident' || kind === 'incident-resolved' ? `incident:${key}` : null;
}
