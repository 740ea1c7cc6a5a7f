/** The amount of data in the machines. */
import assert from 'node:assert/strict';
import { depth } from '../../machines/outbox/lanes.ts';
import type { Model } from './model.ts';

export function sizesOf({ world, store }: Model) {
  assert.ok(world.run !== null, 'the process does not run');
  const { children, context } = world.run.supervisor.getSnapshot();
  const { outbox, watcher } = children;
  assert.ok(outbox !== undefined && watcher !== undefined);
  const traffic = outbox.getSnapshot();
  const watching = watcher.getSnapshot().context;
  const shards = Object.entries(children).filter(([id]) => id.startsWith('shard.'));
  return {
    stored: store.records.size,
    records: context.registry.records.size,
    aliases: context.registry.aliases.size,
    crashes: context.crashes.size,
    leftCards: context.leftCards.size,
    refusedTopics: context.notices.refused.size,
    pendingStarts: context.pendingStarts.size,
    torrents: shards.reduce((sum, [, shard]) => {
      const snapshot = shard?.getSnapshot() as { children?: object } | undefined;
      return sum + Object.keys(snapshot?.children ?? {}).length;
    }, 0),
    waiting: depth(traffic.context.lanes),
    inFlight: traffic.context.inFlight.size,
    publishing: Object.keys(traffic.children).length,
    sent: traffic.context.sent.size,
    alerted: traffic.context.alerted.size,
    downloads: context.deps.summary.places.size,
    topics: context.deps.summary.topics.size,
    attempts: traffic.context.attempts.size,
    watched: watching.pollSet.hashes.size,
    polled: [
      watching.pollSet.fresh,
      watching.pollSet.seen,
      watching.pollSet.moving,
      watching.pollSet.urgent,
    ].reduce((sum, { size }) => sum + size, 0),
    observed: watching.observations.length + watching.missing.size + watching.asked.length,
    bounded: {
      shards: shards.length,
      lastAt: traffic.context.lastAt.size,
      recentCompletions: context.recentCompletions.size,
    },
  };
}
