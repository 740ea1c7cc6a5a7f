import { enqueueActions, sendParent, setup } from 'xstate';
import type { AnyActorRef, ErrorActorEvent } from 'xstate';
import { dropChildrenOnStop } from '../stopping.ts';
import { torrentMachine } from '../torrent/machine.ts';
import type { TorrentDeps } from '../torrent/types.ts';
import type { Hash, TorrentRecord } from '../domain.ts';
import type { Policy } from '../policy.ts';

export type ShardEvent =
  | { type: 'torrent.start'; record: TorrentRecord; ready: boolean }
  | { type: 'torrent.stop'; key: Hash }
  | { type: 'session.ready' }
  | { type: 'session.lost' };

/** What a shard reports to its supervisor; its torrents report to the supervisor themselves. */
export type ShardReport = { type: 'torrent.crashed'; key: Hash; reason: string; error?: unknown };

export interface ShardInput {
  policy: Policy;
  /** What all torrents share. */
  deps: TorrentDeps;
}

/**
 * Supervises a part of the torrents. XState copies the record of all children whenever one starts or stops, so thousands
 * under one parent take quadratic time: stopping 10,000 takes 7 s in 16 shards, and 0.3 s in 256. Events for one torrent
 * are sent to it directly (`torrentIn`).
 */
export const shardMachine = dropChildrenOnStop(
  setup({
    types: {
      context: {} as ShardInput,
      events: {} as ShardEvent | ErrorActorEvent,
      input: {} as ShardInput,
    },
    actors: { torrent: torrentMachine },
    actions: {
      start: enqueueActions(({ context: { policy, deps }, event, enqueue, self }) => {
        if (event.type !== 'torrent.start' || event.record.key in self.getSnapshot().children) return;
        const { record, ready } = event;
        enqueue.spawnChild('torrent', { id: record.key, input: { record, policy, deps, ready } });
      }),
      stop: enqueueActions(({ event, enqueue }) => {
        if (event.type === 'torrent.stop') enqueue.stopChild(event.key);
      }),
      broadcast: enqueueActions(({ event, enqueue, self }) => {
        for (const torrent of Object.values(self.getSnapshot().children)) {
          if (torrent !== undefined) enqueue.sendTo(torrent, event);
        }
      }),
      reportCrash: enqueueActions(({ event, enqueue }) => {
        if (!('actorId' in event)) return;
        enqueue.stopChild(event.actorId);
        enqueue(
          sendParent({
            type: 'torrent.crashed',
            key: event.actorId,
            reason: event.error instanceof Error ? event.error.message : 'unknown',
            error: event.error,
          } satisfies ShardReport),
        );
      }),
    },
  }).createMachine({
    id: 'shard',
    description: 'Supervises a part of the torrents.',
    context: ({ input }) => input,
    initial: 'supervising',
    states: {
      supervising: {
        on: {
          'torrent.start': { actions: 'start' },
          'torrent.stop': { actions: 'stop' },
          'session.ready': { actions: 'broadcast' },
          'session.lost': { actions: 'broadcast' },
          'xstate.error.actor.*': { actions: 'reportCrash' },
        },
      },
    },
  }),
);

/** Finds the actor of a torrent by its key; none after a stop or a crash. */
export type FindTorrent = (key: Hash) => AnyActorRef | undefined;

/** An actor that has torrents as children: a shard. */
interface Parent {
  getSnapshot(): { children: Partial<Record<Hash, AnyActorRef>> };
}

/** The actor of a torrent in its shard; none after a stop or a crash. */
export const torrentIn = (shard: Parent | undefined, key: Hash): AnyActorRef | undefined =>
  shard?.getSnapshot().children[key];
