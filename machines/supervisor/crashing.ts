import { assign, enqueueActions, raise } from 'xstate';
import { OverdueError } from '../watchdog.ts';
import { countFailure, restartPause } from './restarts.ts';
import type { Hash } from '../domain.ts';
import { crashMessages } from './messages.ts';
import { settling } from './settling.ts';

/** With what follows a crash. */
export const crashing = settling.extend({
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
