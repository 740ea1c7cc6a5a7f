import type { AnyActorRef } from 'xstate';
import type { FindTorrent } from '../shard/machine.ts';
import type { TorrentEvent } from '../torrent/types.ts';
import type { RequestedNotification } from '../domain.ts';
import { enqueueNotification, forget } from './traffic.ts';
import type { Traffic } from './traffic.ts';

/**
 * Sends to the default topic what waited too long for its own. A torrent that waits for the notification requests it
 * again itself, after it has stored that: sent to both topics, it would make two sounds. The notification of an addition
 * and a quiet-hours digest go there at once, under the same sequence ID.
 *
 * @returns the events to send; none if the torrent has no actor: it requests the notification when it is restarted
 */
export function divert(
  context: Traffic & { findTorrent: FindTorrent },
  notification: RequestedNotification,
): Array<{ torrent: AnyActorRef; event: TorrentEvent }> {
  forget(context, notification);
  if (notification.kind === 'added' || notification.kind === 'quiet-digest') {
    const elsewhere = { ...notification };
    delete elsewhere.route;
    enqueueNotification(context, elsewhere);
    return [];
  }
  const torrent = context.findTorrent(notification.key);
  return torrent === undefined ? [] : [{ torrent, event: { type: 'notification.diverted', notification } }];
}
