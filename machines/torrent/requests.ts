import type { ActorSystem, AnyActorRef, EventObject } from 'xstate';
import { receiverOf } from '../digest/receiver.ts';
import { silenceRepeated } from './alerts.ts';
import { isTracked, movedDeletions, recordRequest } from './record.ts';
import type { TorrentContext, TorrentReport } from './types.ts';
import type { OutboxEvent } from '../outbox/setup.ts';
import type { RemoteEvent } from '../remote/setup.ts';
import type { SummaryEvent } from '../summary/machine.ts';
import type { WatcherEvent } from '../watcher/types.ts';
import type { Hash, Notification, NotificationId, Observation, TorrentRecord } from '../domain.ts';

/** What a torrent sends, and to whom: services of the supervisor, by their system IDs, and the supervisor. */
export type TorrentMessage =
  | { to: 'outbox' | 'digest'; event: OutboxEvent }
  | { to: 'watcher'; event: WatcherEvent }
  | { to: 'summary'; event: SummaryEvent }
  | { to: 'remote'; event: RemoteEvent }
  | { to: 'supervisor'; event: TorrentReport };

/** The parts of an action's arguments that `deliver` needs. */
interface Sending {
  context: TorrentContext;
  system: Pick<ActorSystem<never>, 'get'>;
  enqueue: { sendTo: (target: AnyActorRef, event: EventObject) => void };
}

/** Sends; what has no receiver, as in an inspector that shows only this machine, is not sent. */
export function deliver({ context, system, enqueue }: Sending, messages: readonly TorrentMessage[]): void {
  for (const { to, event } of messages) {
    const receiver = to === 'supervisor' ? context.deps.supervisor : system.get(to);
    if (receiver !== undefined) enqueue.sendTo(receiver, event);
  }
}

/** A notification that is requested: the record from now on, stored already, and what is to be sent. */
export interface Request {
  id: NotificationId;
  record: TorrentRecord;
  messages: TorrentMessage[];
}

/** Requests a notification. What has to survive is stored first. A torrent that ends is polled no more. */
export function request(context: TorrentContext, content: Notification): Request {
  const { deps, record: before } = context;
  const record = withLast(before, recordRequest(before, content), context.seen.observation);
  if (record !== before) deps.save(record);
  const id = deps.nextId();
  const sent: TorrentMessage =
    content.kind === 'completion'
      ? { to: 'supervisor', event: { type: 'notification.requested', notification: { ...content, id } } }
      : publish(silenceRepeated(content, before, deps.now()), id);
  const ends = isTracked(before) && !isTracked(record);
  const messages = [
    sent,
    ...unawaited(context, movedDeletions(before, record)),
    ...(content.kind === 'progress' || content.kind === 'alert' ? supportRequest(context) : []),
  ];
  return { id, record, messages: ends ? [unwatch(before.hash), ...messages] : messages };
}

/** A removed torrent keeps its last observation for the history: after a restart it is not observed again. */
function withLast(before: TorrentRecord, after: TorrentRecord, finished: Observation | null): TorrentRecord {
  return isTracked(before) && after.stage === 'removed' ? { ...after, finished } : after;
}

/** Asks whether cards can have buttons, if that is unknown. */
export const supportRequest = ({ deps: { remote } }: Pick<TorrentContext, 'deps'>): TorrentMessage[] =>
  remote?.isSupported === null ? [{ to: 'remote', event: { type: 'support.wanted' } }] : [];

/** Notifications whose settlement the chart does not wait for. */
export const unawaited = ({ deps }: TorrentContext, contents: readonly Notification[]): TorrentMessage[] =>
  contents.map((content) => publish(content, deps.nextId()));

const publish = (content: Notification, id: NotificationId): TorrentMessage => ({
  to: receiverOf(content),
  event: { type: 'notification.publish', notification: { ...content, id } },
});

export const watch = ({ key, hash }: TorrentRecord): TorrentMessage => ({
  to: 'watcher',
  event: { type: 'torrent.watch', hash, key },
});

export const unwatch = (hash: Hash): TorrentMessage => ({
  to: 'watcher',
  event: { type: 'torrent.unwatch', hash },
});
