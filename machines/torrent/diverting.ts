import { assign, enqueueActions } from 'xstate';
import type { Notification } from '../domain.ts';
import { movedDeletions } from './record.ts';
import { onDefaultTopic, recordDiverted, recordDivertedAlert } from './record-changes.ts';
import { deliver, unawaited } from './requests.ts';
import { torrentSetup } from './setup.ts';

/** Adds: what goes to the default topic, because ntfy refuses its own. */
export const diverting = torrentSetup.extend({
  actions: {
    /** Stored first: after a restart it must not be sent to the other topic as well. */
    recordDiverted: assign(({ context: { deps, record: before } }) => {
      const record = recordDiverted(before);
      deps.save(record);
      return { record };
    }),
    /** An alert is not awaited. It is sent only if it still holds. */
    divertAlert: enqueueActions((step, { notification }: { notification: Notification }) => {
      const { deps, record: before } = step.context;
      const record = recordDivertedAlert(before, notification);
      if (record === before) return;
      deps.save(record);
      step.enqueue.assign({ record });
      const old = movedDeletions(before, record);
      deliver(step, unawaited(step.context, [onDefaultTopic(notification), ...old]));
    }),
  },
});
