import { enqueueActions } from 'xstate';
import type { Hash, Observation } from '../domain.ts';
import { leave } from '../summary/board.ts';
import type { End } from '../torrent/types.ts';
import { endedOf } from './ended.ts';
import { addRecentCompletion, recentCompletionOf } from './recent-completions.ts';
import { drop } from './registry.ts';
import { supervisorSetup } from './setup.ts';

/** Adds: what follows the end of a torrent. */
export const ending = supervisorSetup.extend({
  actions: {
    endTorrent: enqueueActions(
      (
        { context: { registry, crashes, recentCompletions, shards, shardOf, deps, now }, enqueue },
        { key, end, last }: { key: Hash; end: End; last: Observation | null },
      ) => {
        const before = registry.records.get(key);
        const completed = end === 'complete' ? recentCompletionOf(before?.finished) : null;
        const ended = before === undefined ? null : endedOf(before, { end, last, now: now() });
        const record = drop(registry, key, { completed, ended });
        if (completed !== null) addRecentCompletion(recentCompletions, completed);
        crashes.delete(key);
        leave(deps.summary, key);
        // After a crash, the shard and its torrents do not exist.
        if (shards.has(shardOf(key))) enqueue.sendTo(shardOf(key), { type: 'torrent.stop', key });
        enqueue.sendTo('hookInstaller', { type: 'hook.check' });
        // Its finish hook arrived while it was ending.
        if (end === 'removed' && record !== undefined && record.finishHookAt !== null)
          enqueue.raise({ type: 'torrents.markFinished', hashes: [record.readdedAs ?? record.hash] });
        else if (record?.readdedAs) enqueue.raise({ type: 'torrents.track', hashes: [record.readdedAs] });
      },
    ),
  },
});
