import { assign, enqueueActions } from 'xstate';
import { countFailure, restartPause } from './restarts.ts';
import type { Hash, RequestedNotification } from '../domain.ts';
import { leave } from '../summary/board.ts';
import { crashMessages, divertedAlertMessages } from './messages.ts';
import { qbittorrentFailuresSetup } from './qbittorrent-failures.ts';

/** Adds: restarts after a crash. */
export const crashing = qbittorrentFailuresSetup.extend({
  actions: {
    restartLater: enqueueActions(({ context, enqueue }, { key }: { key: Hash }) => {
      const { crashes, now, deps } = context;
      const failures = countFailure(crashes.get(key), now());
      crashes.set(key, failures);
      leave(deps.summary, key);
      for (const { to, event } of crashMessages(context, key, failures)) enqueue.sendTo(to, event);
      enqueue.raise(
        { type: 'torrent.restart', key },
        { delay: restartPause(failures), id: `restart.${key}` },
      );
    }),
    divertAlert: enqueueActions(
      ({ context, enqueue, self }, { notification }: { notification: RequestedNotification }) => {
        for (const { to, event } of divertedAlertMessages(context, self, notification))
          enqueue.sendTo(to, event);
      },
    ),
    countRestart: assign({ restarts: ({ context }) => countFailure(context.restarts, context.now()) }),
  },
});
