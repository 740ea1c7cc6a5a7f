import { assign, enqueueActions } from 'xstate';
import { settleIncidentCard } from '../incident/card.ts';
import { isAllClear } from '../incident/machine.ts';
import { settleNotices, storedNotices } from '../incident/notices.ts';
import { settleStoreCard } from '../incident/store-notice.ts';
import { withinMinute } from '../torrent/finish.ts';
import { recordSettlement } from '../torrent/record.ts';
import { leaveDigest } from '../digest/completions.ts';
import type { RequestedCompletion } from '../digest/types.ts';
import type { Notification, Outcome, RequestedNotification } from '../domain.ts';
import { publishDeletion, settleLeftCards } from './left-cards.ts';
import { isNamelessCompletion, torrentOf } from './messages.ts';
import { save } from './registry.ts';
import { ending } from './ending.ts';
import { recordSound } from './sounds.ts';

interface Settled {
  notification: RequestedNotification;
  outcome: Outcome;
}

/** Adds: what follows a requested completion and a settled notification. */
export const settling = ending.extend({
  actions: {
    countNameless: assign(
      ({ context: { namelessCompletions, now } }, { notification }: { notification: Notification }) =>
        isNamelessCompletion(notification)
          ? { namelessCompletions: [...withinMinute(namelessCompletions, now()), now()] }
          : {},
    ),
    /** A completion that is not sent ends as if ntfy had accepted it. */
    dropCompletion: enqueueActions(
      ({ context, enqueue, self }, { notification }: { notification: RequestedCompletion }) => {
        leaveDigest(context.digests, notification);
        const torrent = torrentOf(context, self, notification.key);
        if (torrent === undefined) return;
        enqueue.sendTo(torrent, { type: 'notification.settled', notification, outcome: 'dropped' });
      },
    ),
    recordSettlement: enqueueActions(({ context, enqueue, self }, settled: Settled) => {
      const { registry, now } = context;
      const { notification, outcome } = settled;
      const record = registry.records.get(notification.key);
      // A torrent records it itself, unless it has crashed and is not restarted yet.
      if (record !== undefined && torrentOf(context, self, record.key) === undefined)
        save(registry, recordSettlement(record, notification, outcome, now()));
      const notices = settleNotices(context.notices, settled);
      enqueue.assign({
        storeCard: settleStoreCard(context.storeCard, settled),
        incidentCard: settleIncidentCard(context.incidentCard, settled),
        notices,
      });
      if (notices !== context.notices)
        enqueue.sendTo('store', { type: 'notices.save', notices: storedNotices(notices) });
      const leftCards = settleLeftCards(context.leftCards, settled, notices);
      if (leftCards !== context.leftCards) {
        enqueue.assign({ leftCards });
        enqueue.sendTo('store', { type: 'leftCards.save', leftCards: [...leftCards.values()] });
        for (const [name, card] of leftCards)
          if (!context.leftCards.has(name)) enqueue.sendTo('outbox', publishDeletion(context, card));
      }
      const sounded = recordSound(context, settled);
      if (sounded !== null) enqueue.sendTo('store', sounded);
      if (notification.kind === 'digest')
        enqueue.sendTo(notification.about === 'quiet' ? 'quiet' : 'digest', {
          type: 'notification.settled',
          notification,
          outcome,
        });
      if (notification.kind === 'summary' || notification.kind === 'summary-delete')
        enqueue.sendTo('summary', { type: 'notification.settled', notification, outcome });
      // The all-clear was sent, and there is no new incident.
      if (!isAllClear(notification) || outcome === 'superseded' || context.incidentRaised) return;
      enqueue.assign({ incidentShown: false });
      enqueue.sendTo('store', { type: 'incident.save', shown: false });
    }),
  },
});
