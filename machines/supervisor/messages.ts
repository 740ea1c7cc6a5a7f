import type { AnyActorRef } from 'xstate';
import { torrentIn } from '../shard/machine.ts';
import type { ShardEvent } from '../shard/machine.ts';
import { silenceRepeated } from '../torrent/alerts.ts';
import { isNameless, NAMELESS_PER_MINUTE, withinMinute } from '../torrent/finish.ts';
import {
  cardDeleteOf,
  createRecord,
  isFollowed,
  recordFinishHook,
  recordReadded,
  recordRenamed,
} from '../torrent/record.ts';
import type { ObservedTorrent, TorrentEvent } from '../torrent/types.ts';
import type { Match } from '../matcher/matching.ts';
import type { PartitionId } from '../shard/shard-of.ts';
import { drop, find, renamingOf, save } from './registry.ts';
import { crashNotice } from './restarts.ts';
import type { Failures } from './restarts.ts';
import type { Hash, Notification, TorrentRecord } from '../domain.ts';
import type { OutboxEvent } from '../outbox/machine.ts';
import type { WatcherEvent } from '../watcher/types.ts';
import type { SupervisorContext } from './types.ts';

/** What the supervisor sends to one of its children, by the child's ID, or to a torrent. */
export type Message =
  | { to: 'watcher'; event: WatcherEvent }
  | { to: 'outbox'; event: OutboxEvent }
  | { to: PartitionId; event: ShardEvent }
  | { to: AnyActorRef; event: TorrentEvent };

/** The supervisor, as far as its shards are looked up: its snapshot can't be read before it has started. */
export interface Root {
  getSnapshot(): { children: Partial<Record<string, AnyActorRef>> };
}

/** The actor of a torrent; none where it has crashed, or was stopped. */
export const torrentOf = (
  { partitionOf }: SupervisorContext,
  root: Root,
  key: Hash,
): AnyActorRef | undefined => torrentIn(root.getSnapshot().children[partitionOf(key)], key);

/** Has a torrent change its record; while it has no actor, changes the stored one for it. */
function changeRecord(
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

/** Tracks torrents under their new IDs; of two that turn out to be one, the later tracked is tracked no more. */
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
    const seen: Message[] =
      poll === undefined || torrent === undefined
        ? []
        : [{ to: torrent, event: { type: 'torrent.observed', observation, ...poll } }];
    if (renaming.kind === 'same') return seen;
    const { record } = renaming;
    const merging = renaming.kind === 'merged' ? mergeInto(context, renaming.dropped) : [];
    // One that is about to end is tracked again afterwards.
    if (renaming.kind === 'merged' && isFollowed(record)) return [...merging, ...seen];
    const [event, change] =
      renaming.kind === 'merged'
        ? ([{ type: 'torrent.readded', hash }, recordReadded] as const)
        : ([{ type: 'torrent.renamed', hash }, recordRenamed] as const);
    const renamedTo = { record, event, change: (before: TorrentRecord) => change(before, hash) };
    return [...merging, ...changeRecord(context, root, renamedTo), ...seen];
  });
}

/** Ends a torrent that turned out to be another one: its cards are deleted, its actor is stopped. */
function mergeInto(context: SupervisorContext, dropped: TorrentRecord): Message[] {
  const { key, hash } = dropped;
  const id = context.partitionOf(key);
  drop(context.registry, key);
  context.crashes.delete(key);
  return [
    { to: 'watcher', event: { type: 'torrent.unwatch', hash } },
    ...(context.shards.has(id) ? [{ to: id, event: { type: 'torrent.stop', key } } satisfies Message] : []),
    // Also supersedes what waits for ntfy.
    publish(context, cardDeleteOf(dropped)),
  ];
}

/** A hook or a scan shows a torrent that is tracked: it may be listed under another ID, or was added again. */
export function readdMessages(context: SupervisorContext, root: Root, hash: Hash): Message[] {
  const record = find(context.registry, hash);
  if (record === undefined || (isFollowed(record) && record.hash === hash)) return [];
  const change = (before: TorrentRecord) => recordReadded(before, hash);
  return changeRecord(context, root, { record, event: { type: 'torrent.readded', hash }, change });
}

/** A finish hook came, perhaps of a torrent that nothing else has named. */
export function finishHookMessages(context: SupervisorContext, root: Root, hash: Hash): Message[] {
  const at = context.now();
  const record = find(context.registry, hash);
  if (record === undefined) {
    save(context.registry, { ...createRecord(hash, at), finishHookAt: at });
    return [];
  }
  const change = (before: TorrentRecord) => recordFinishHook(before, at);
  return changeRecord(context, root, { record, event: { type: 'finishHook.received', at }, change });
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

const publish = ({ deps }: SupervisorContext, content: Notification): Message => ({
  to: 'outbox',
  event: { type: 'notification.publish', notification: { ...content, id: deps.nextId() } },
});

/** Whether there is no place for this torrent: it is not tracked yet, and no more may be. */
export const isFull = ({ registry, policy }: SupervisorContext, hash: Hash): boolean =>
  find(registry, hash) === undefined && registry.records.size >= policy.maxTracked;

/** A completion that says nothing but a hash. */
export const isNamelessCompletion = (notification: Notification): boolean =>
  notification.kind === 'completion' && isNameless(notification.torrent);

/** Whether there were as many of those within the last minute as a person would want to get. */
export const isFlooded = ({ nameless, now }: SupervisorContext, notification: Notification): boolean =>
  isNamelessCompletion(notification) && withinMinute(nameless, now()).length >= NAMELESS_PER_MINUTE;
