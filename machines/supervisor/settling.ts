import { assign, enqueueActions } from 'xstate';
import { isAllClear } from '../incident/machine.ts';
import { settleCard } from '../incident/store-notice.ts';
import { withinMinute } from '../torrent/finish.ts';
import { recordSettlement } from '../torrent/record.ts';
import type { Notification, Outcome, RequestedNotification } from '../domain.ts';
import { isNamelessCompletion, torrentOf } from './messages.ts';
import { save } from './registry.ts';
import { ending } from './ending.ts';
import { recordSound } from './sounds.ts';

interface Settled {
  notification: RequestedNotification;
  outcome: Outcome;
}

/** With what follows a completion that is requested, and a notification that was settled. */
export const settling = ending.extend({
  actions: {
    countNameless: assign(
      ({ context: { nameless, now } }, { notification }: { notification: Notification }) =>
        isNamelessCompletion(notification) ? { nameless: [...withinMinute(nameless, now()), now()] } : {},
    ),
    /** A completion that is not sent ends as if ntfy had it. */
    dropCompletion: enqueueActions(
      ({ context, enqueue, self }, { notification }: { notification: RequestedNotification }) => {
        const torrent = torrentOf(context, self, notification.key);
        if (torrent === undefined) return;
        enqueue.sendTo(torrent, { type: 'notification.settled', notification, outcome: 'dropped' });
      },
    ),
    recordSettlement: enqueueActions(({ context, enqueue, self }, settled: Settled) => {
      const { registry, now } = context;
      const { notification, outcome } = settled;
      const record = registry.records.get(notification.key);
      // A torrent records it itself, unless it has crashed and is not started again yet.
      if (record !== undefined && torrentOf(context, self, record.key) === undefined)
        save(registry, recordSettlement(record, notification, outcome, now()));
      enqueue.assign({ storeCard: settleCard(context.storeCard, settled) });
      const sounded = recordSound(context, settled);
      if (sounded !== null) enqueue.sendTo('store', sounded);
      // The all-clear is out, and nothing new came up meanwhile.
      if (!isAllClear(notification) || outcome === 'superseded' || context.raised) return;
      enqueue.assign({ troubled: false });
      enqueue.sendTo('store', { type: 'incident.save', troubled: false });
    }),
  },
});
