import type { AnyActorRef } from 'xstate';
import { onDefaultTopic } from '../torrent/record-changes.ts';
import type { FindTorrent } from '../shard/machine.ts';
import type { RequestedNotification } from '../domain.ts';
import { enqueueNotification, forget } from './traffic.ts';
import type { Traffic } from './traffic.ts';

/**
 * Sends to the default topic what waited too long for its own. A torrent that waits for the notification requests it
 * again itself, after it has stored that: sent to both topics, it would make two sounds. The notification of an addition
 * and a quiet-hours digest go there at once, under the same sequence ID.
 *
 * @returns who is to request it again; `supervisor` for the alert of a torrent that has no actor. `null`: it is on its
 *   way, or will be requested when the torrent is restarted
 */
export function divert(
  context: Traffic & { findTorrent: FindTorrent },
  notification: RequestedNotification,
): AnyActorRef | 'supervisor' | null {
  forget(context, notification);
  if (notification.kind === 'added' || notification.kind === 'digest') {
    enqueueNotification(context, onDefaultTopic(notification));
    return null;
  }
  return context.findTorrent(notification.key) ?? (notification.kind === 'alert' ? 'supervisor' : null);
}
