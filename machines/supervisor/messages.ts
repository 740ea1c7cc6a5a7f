import { torrentIn } from '../shard/machine.ts';
import type { ShardEvent } from '../shard/machine.ts';
import { isNameless, NAMELESS_PER_MINUTE, withinMinute } from '../torrent/finish.ts';
import { addressSettlement } from './addressing.ts';
import type { Match } from '../matcher/matching.ts';
import type { PartitionId } from '../shard/shard-of.ts';
import { cardDeleteOf, find, readd, noteFinishHook, put, rename } from './registry.ts';
import { crashNotice } from './restarts.ts';
import type { Failures } from './restarts.ts';
import { silenceRepeated } from './sounds.ts';
import type { Hash, Notification } from '../domain.ts';
import type { OutboxEvent } from '../outbox/machine.ts';
import type { WatcherEvent } from '../watcher/setup.ts';
import type { StoreEvent, SupervisorContext, SupervisorEvent } from './types.ts';

/** What the supervisor sends to one of its children, by the child's ID. */
export type Message =
  | { to: 'store'; event: StoreEvent }
  | { to: 'watcher'; event: WatcherEvent }
  | { to: 'outbox'; event: OutboxEvent }
  | { to: PartitionId; event: ShardEvent };

/** Follows torrents under their new IDs; of two that turn out to be one, the later tracked is followed no more. */
export function renameAll(context: SupervisorContext, renamed: Match['renamed']): Message[] {
  return renamed.flatMap(({ from, observation }): Message[] => {
    const renaming = rename(context.registry, from, observation.hash);
    if (renaming.kind === 'same') return [];
    const polled: Message[] = [
      { to: 'watcher', event: { type: 'torrent.unwatch', hash: from } },
      { to: 'watcher', event: { type: 'torrent.watch', hash: observation.hash } },
    ];
    if (renaming.kind === 'renamed')
      return [...polled, { to: 'store', event: { type: 'record.save', record: renaming.record } }];
    const { dropped, again } = renaming;
    const { key } = dropped;
    const id = context.partitionOf(key);
    context.crashes.delete(key);
    return [
      ...polled,
      { to: 'store', event: { type: 'record.delete', key } },
      ...(again === null
        ? []
        : [{ to: 'store', event: { type: 'record.save', record: again } } satisfies Message]),
      ...(context.shards.has(id) ? [{ to: id, event: { type: 'torrent.stop', key } } satisfies Message] : []),
      // Also takes the place of what waits for ntfy.
      { to: 'outbox', event: { type: 'notification.publish', notification: cardDeleteOf(dropped) } },
    ];
  });
}

/** A hook or a look shows a torrent that is followed: it may be listed under another ID, or was added again. */
export function readdMessages({ registry }: SupervisorContext, hash: Hash): Message[] {
  const met = readd(registry, hash);
  if (met === null) return [];
  const kept: Message = { to: 'store', event: { type: 'record.save', record: met.record } };
  if (met.record.hash === met.before) return [kept];
  return [
    kept,
    { to: 'watcher', event: { type: 'torrent.unwatch', hash: met.before } },
    { to: 'watcher', event: { type: 'torrent.watch', hash } },
  ];
}

/** A torrent that crashed too often is told as such; it takes the alert back itself, when it lives again. */
export function crashMessages(context: SupervisorContext, key: Hash, failures: Failures): Message[] {
  const { registry } = context;
  const notice = crashNotice(find(registry, key), failures);
  if (notice === null) return [];
  put(registry, notice.record);
  return [
    { to: 'store', event: { type: 'record.save', record: notice.record } },
    {
      to: 'outbox',
      event: { type: 'notification.publish', notification: silenceRepeated(context, notice.notification) },
    },
  ];
}

/** Whether there is no place for this torrent: it is not followed yet, and no more may be. */
export const isFull = ({ registry, policy }: SupervisorContext, hash: Hash): boolean =>
  find(registry, hash) === undefined && registry.records.size >= policy.maxTracked;

/** The shards as the supervisor's snapshot has them. */
type Children = Record<string, Parameters<typeof torrentIn>[0]>;

/**
 * Notes a finish hook in the record, and finds the torrent that has to hear of it. One that begins only now reads it from
 * its record.
 */
export function receiveFinishHook(
  { registry, partitionOf }: SupervisorContext,
  children: Children,
  hash: Hash,
  at: number,
) {
  const isNew = find(registry, hash) === undefined;
  const record = noteFinishHook(registry, hash, at);
  if (record === null) return null;
  // Added again while its card is taken away: it is the new one that is finished.
  if (isNew || record.again !== null) return { record, torrent: undefined };
  return { record, torrent: torrentIn(children[partitionOf(record.key)], record.key) };
}

/** A completion that says nothing but a hash. */
export const isNamelessCompletion = (notification: Notification): boolean =>
  notification.kind === 'completion' && isNameless(notification.torrent);

/** Whether there were as many of those within the last minute as a person would want to hear of. */
export const isFlooded = ({ nameless, now }: SupervisorContext, notification: Notification): boolean =>
  isNamelessCompletion(notification) && withinMinute(nameless, now()).length >= NAMELESS_PER_MINUTE;

type Telling = Extract<SupervisorEvent, { type: 'notification.requested' }>;

/** The actions for a notification that is not sent: it ends as if ntfy had it. */
export const dropped = [
  {
    type: 'recordSettlement',
    params: ({ event: { notification } }: { event: Telling }) =>
      ({ notification, outcome: 'accepted' }) as const,
  },
  {
    type: 'deliver',
    params: ({ context: { registry }, event }: { context: SupervisorContext; event: Telling }) => ({
      letters: addressSettlement(registry, event.notification),
    }),
  },
] as const;
