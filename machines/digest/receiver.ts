import type { Notification } from '../domain.ts';

/** Who gets a notification first, by its system ID: alerts, and what ends them, can be on a digest. */
export function receiverOf(notification: Notification): 'digest' | 'outbox' {
  const { kind } = notification;
  const isOfAlert =
    kind === 'alert' || kind === 'alert-clear' || (kind === 'card-delete' && notification.alerted);
  return isOfAlert && !('left' in notification && notification.left) ? 'digest' : 'outbox';
}
