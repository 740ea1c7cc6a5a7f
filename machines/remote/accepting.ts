import { enqueueActions, sendParent } from 'xstate';
import { acceptPress } from './presses.ts';
import { setPending } from './retrying.ts';
import { remoteSetup } from './setup.ts';
import type { Press, RemoteReport } from './types.ts';

/** Adds: what follows a press. */
export const accepting = remoteSetup.extend({
  actions: {
    /** Stored before anything is done because of it. */
    accept: enqueueActions(({ context, enqueue }, { press }: { press: Press }) => {
      const { remote, queue, findRecord } = context;
      const rejection = acceptPress(remote, press, findRecord(press.command.key));
      if (rejection !== null) {
        enqueue(sendParent({ type: 'command.rejected', reason: rejection } satisfies RemoteReport));
        return;
      }
      const accepted = { command: press.command, acceptedAt: context.now(), isDone: false };
      if (press.command.card === 'incident') {
        setPending(remote, true);
        enqueue.raise({ type: 'retry.accepted', press: accepted });
      } else queue.push({ press: accepted, isResumed: false, attempts: 0 });
    }),
  },
});
