import { assign, enqueueActions, raise } from 'xstate';
import { OverdueError } from '../rules/overdue.ts';
import { countFailure, restartPause } from '../rules/restarts.ts';
import type { Hash } from '../types.ts';
import { crashMessages } from './messages.ts';
import { supervision } from './setup.ts';

/** With what follows a crash. */
export const crashing = supervision.extend({
  actions: {
    reviveLater: enqueueActions(({ context, enqueue }, { key }: { key: Hash }) => {
      const { crashes, now } = context;
      const failures = countFailure(crashes.get(key), now());
      crashes.set(key, failures);
      for (const { to, event } of crashMessages(context, key, failures)) enqueue.sendTo(to, event);
      enqueue.raise({ type: 'torrent.revive', key }, { delay: restartPause(failures), id: `revive.${key}` });
    }),
    crashScan: raise({ type: 'xstate.error.actor.scan', actorId: 'scan', error: new OverdueError('scan') }),
    countRestart: assign({ restarts: ({ context }) => countFailure(context.restarts, context.now()) }),
  },
});
