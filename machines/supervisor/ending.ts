import { enqueueActions } from 'xstate';
import type { Hash } from '../domain.ts';
import type { End } from '../torrent/types.ts';
import { addRecentCompletion } from './recent-completions.ts';
import { drop } from './registry.ts';
import { supervisorSetup } from './setup.ts';

/** With what follows the end of a torrent. */
export const ending = supervisorSetup.extend({
  actions: {
    close: enqueueActions(
      (
        { context: { registry, crashes, ended, shards, partitionOf }, enqueue },
        { key, end }: { key: Hash; end: End },
      ) => {
        const record = drop(registry, key);
        if (record !== undefined && record.finished !== null) addRecentCompletion(ended, record.finished);
        crashes.delete(key);
        // A shard that crashed is gone, and its torrents with it.
        if (shards.has(partitionOf(key))) enqueue.sendTo(partitionOf(key), { type: 'torrent.stop', key });
        enqueue.sendTo('hookInstaller', { type: 'hook.check' });
        // Its finish hook came while it ended.
        if (end === 'removed' && record !== undefined && record.finishHookAt !== null)
          enqueue.raise({ type: 'torrent.markFinished', hash: record.again ?? record.hash });
        else if (record?.again) enqueue.raise({ type: 'torrent.track', hash: record.again });
      },
    ),
  },
});
