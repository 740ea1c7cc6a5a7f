import type { AnyActorRef } from 'xstate';
import { receiverOf } from '../digest/receiver.ts';
import { torrentIn } from '../shard/machine.ts';
import type { ShardEvent } from '../shard/machine.ts';
import { silenceRepeated } from '../torrent/alerts.ts';
import { isNameless, NAMELESS_PER_MINUTE, withinMinute } from '../torrent/finish.ts';
import { createRecord, isTracked, movedDeletions } from '../torrent/record.ts';
import {
  cardDeletesOf,
  onDefaultTopic,
  recordDivertedAlert,
  recordFinishHook,
  recordReadded,
  recordRenamed,
} from '../torrent/record-changes.ts';
import type { ObservedTorrent, TorrentEvent } from '../torrent/types.ts';
import type { Match } from '../matcher/matching.ts';
import type { ShardId } from '../shard/shard-of.ts';
import { leave } from '../summary/board.ts';
import { drop, find, renamingOf, save } from './registry.ts';
import { crashNotice } from './restarts.ts';
import type { Failures } from './restarts.ts';
import type { Hash, Notification, RequestedNotification, TorrentRecord } from '../domain.ts';
import type { OutboxEvent } from '../outbox/machine.ts';
import type { WatcherEvent } from '../watcher/types.ts';
import type { SupervisorContext } from './types.ts';

/** What the supervisor sends to one of its children, by the child's ID, or to a torrent. */
export type Message =
  | { to: 'watcher'; event: WatcherEvent }
  | { to: 'outbox' | 'digest'; event: OutboxEvent }
  | { to: ShardId; event: ShardEvent }
  | { to: AnyActorRef; event: TorrentEvent };

/** The supervisor, of which the shards are read: its snapshot can't be read before it has started. */
export interface Root {
  getSnapshot(): { children: Partial<Record<string, AnyActorRef>> };
}

/** The actor of a torrent; none after a crash or a stop. */
export const torrentOf = ({ shardOf }: SupervisorContext, root: Root, key: Hash): AnyActorRef | undefined =>
  torrentIn(root.getSnapshot().children[shardOf(key)], key);

/** Tells a torrent to change its record; without an actor, changes the stored record. */
function changeRecordOf(
  context: SupervisorContext,
  root: Root,
  {
    record,
    event,
    change,
  }: { record: TorrentRecord; event: TorrentEvent; change: (record: TorrentRecord) => TorrentRecord },
): Message[] {
  const torrent = torrentOf(context, root, record.key);
  if (torrent !== undefined) return [{ to: torrent, event }];
  save(context.registry, change(record));
  return [];
}

/** Tracks torrents under their new IDs; of two that turn out to be one, the later one is no longer tracked. */
export function renameAll(
  context: SupervisorContext,
  root: Root,
  renamed: Match['renamed'],
  poll?: Omit<ObservedTorrent, 'observation'>,
): Message[] {
  return renamed.flatMap(({ from, observation }): Message[] => {
    const { hash } = observation;
    const renaming = renamingOf(context.registry, from, hash);
    const key = renaming.kind === 'same' ? find(context.registry, hash)?.key : renaming.record.key;
    const torrent = key === undefined ? undefined : torrentOf(context, root, key);
    const observed: Message[] =
      poll === undefined || torrent === undefined
        ? []
        : [{ to: torrent, event: { type: 'torrent.observed', observation, ...poll } }];
    if (renaming.kind === 'same') return observed;
    const { record } = renaming;
    const merging = renaming.kind === 'merged' ? mergeInto(context, renaming.dropped) : [];
    // If it is ending, it is tracked again afterwards.
    if (renaming.kind === 'merged' && isTracked(record)) return [...merging, ...observed];
    const [event, change] =
      renaming.kind === 'merged'
        ? ([{ type: 'torrent.readded', hash }, recordReadded] as const)
        : ([{ type: 'torrent.renamed', hash }, recordRenamed] as const);
    const renamedTo = { record, event, change: (before: TorrentRecord) => change(before, hash) };
    return [...merging, ...changeRecordOf(context, root, renamedTo), ...observed];
  });
}

/** Ends a torrent that turned out to be another one: its cards are deleted, its actor is stopped. */
function mergeInto(context: SupervisorContext, dropped: TorrentRecord): Message[] {
  const { key, hash } = dropped;
  const id = context.shardOf(key);
  drop(context.registry, key);
  context.crashes.delete(key);
  leave(context.deps.summary, key);
  return [
    { to: 'watcher', event: { type: 'torrent.unwatch', hash } },
    ...(context.shards.has(id) ? [{ to: id, event: { type: 'torrent.stop', key } } satisfies Message] : []),
    // Also supersedes what waits for ntfy.
    ...cardDeletesOf(dropped).map((content) => publish(context, content)),
  ];
}

/** A hook or a scan named a tracked torrent: it may have another ID, or was added again. */
export function readdMessages(context: SupervisorContext, root: Root, hash: Hash): Message[] {
  const record = find(context.registry, hash);
  if (record === undefined || (isTracked(record) && record.hash === hash)) return [];
  const change = (before: TorrentRecord) => recordReadded(before, hash);
  return changeRecordOf(context, root, { record, event: { type: 'torrent.readded', hash }, change });
}

/** A finish hook arrived, perhaps for an unknown torrent. */
export function finishHookMessages(context: SupervisorContext, root: Root, hash: Hash): Message[] {
  const at = context.now();
  const record = find(context.registry, hash);
  if (record === undefined) {
    save(context.registry, { ...createRecord(hash, at), finishHookAt: at });
    return [];
  }
  const change = (before: TorrentRecord) => recordFinishHook(before, at);
  return changeRecordOf(context, root, { record, event: { type: 'finishHook.received', at }, change });
}

/** A torrent crashed: it is not polled until it is started again. After too many crashes an alert is sent. */
export function crashMessages(context: SupervisorContext, key: Hash, failures: Failures): Message[] {
  const { registry, now } = context;
  const record = find(registry, key);
  if (record === undefined) return [];
  const unwatch: Message = { to: 'watcher', event: { type: 'torrent.unwatch', hash: record.hash } };
  const notice = crashNotice(record, failures);
  if (notice === null) return [unwatch];
  save(registry, notice.record);
  return [unwatch, publish(context, silenceRepeated(notice.notification, record, now()))];
}

/** The alert of a torrent that has no actor goes to the default topic. */
export function divertedAlertMessages(
  context: SupervisorContext,
  root: Root,
  notification: RequestedNotification,
): Message[] {
  const torrent = torrentOf(context, root, notification.key);
  if (torrent !== undefined) return [{ to: torrent, event: { type: 'notification.diverted', notification } }];
  const before = find(context.registry, notification.key);
  if (before === undefined) return [];
  const record = recordDivertedAlert(before, notification);
  if (record === before) return [];
  save(context.registry, record);
  const contents = [onDefaultTopic<Notification>(notification), ...movedDeletions(before, record)];
  return contents.map((content) => publish(context, content));
}

const publish = ({ deps }: SupervisorContext, content: Notification): Message => ({
  to: receiverOf(content),
  event: { type: 'notification.publish', notification: { ...content, id: deps.nextId() } },
});

/** Whether the limit prevents this torrent from being tracked. */
export const isFull = ({ registry, policy }: SupervisorContext, hash: Hash): boolean =>
  find(registry, hash) === undefined && registry.records.size >= policy.maxTracked;

/** Whether only the hash of a completed torrent is known. */
export const isNamelessCompletion = (notification: Notification): boolean =>
  notification.kind === 'completion' && isNameless(notification.torrent);

/** Whether the limit of such completions per minute is reached. */
export const isFlooded = (
  { namelessCompletions, now }: SupervisorContext,
  notification: Notification,
): boolean =>
  isNamelessCompletion(notification) &&
  withinMinute(namelessCompletions, now()).length >= NAMELESS_PER_MINUTE;
