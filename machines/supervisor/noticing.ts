import { enqueueActions } from 'xstate';
import { noticeOfRules, noticeOfTopics, storedNotices, withPending } from '../incident/notices.ts';
import type { Notices, RulesReport } from '../incident/notices.ts';
import type { Notification, NotificationId, RequestedNotification } from '../domain.ts';
import type { OutboxReport } from '../outbox/machine.ts';
import type { RouteId } from '../routing/types.ts';
import { emitEvent } from './emitted.ts';
import { publishDeletion, unusedCards, withoutOwned } from './left-cards.ts';
import { settling } from './settling.ts';
import { silenceIncident } from './sounds.ts';

type TopicReport = Extract<OutboxReport, { type: 'topic.rejected' | 'topic.restored' }>;

/** The refused topics after a report. */
function refusedAfter({ refused, used }: Notices, report: TopicReport | RulesReport): Notices['refused'] {
  const after = new Map<RouteId, string | null>(refused);
  if (report.type === 'topic.rejected' && used?.has(report.route) !== false)
    after.set(report.route, report.rule);
  if (report.type === 'topic.restored') after.delete(report.route);
  // Nothing will be sent to a topic that no rule uses any more.
  if (report.type === 'rules.loaded')
    for (const route of refused.keys()) if (!report.routes.includes(route)) after.delete(route);
  return after;
}

/** The notices after a report about the topics of the rules. */
const withUsed = (notices: Notices, report: TopicReport | RulesReport): Notices =>
  report.type === 'rules.loaded' ? { ...notices, used: new Set(report.routes) } : notices;

/** Whether the same card is already being sent. */
function isPending({ pending }: Notices['rules'], content: Notification): boolean {
  if (pending === null || pending.kind !== content.kind) return false;
  if (pending.kind !== 'incident' || content.kind !== 'incident') return true;
  return pending.failure.message === content.failure.message;
}

/** The cards that a report causes. */
function cardsOf(notices: Notices, report: TopicReport | RulesReport, isChanged: boolean): Notification[] {
  const ofRules = 'route' in report ? null : noticeOfRules(notices, report);
  const ofTopics = isChanged ? noticeOfTopics(notices) : null;
  return [
    ...(ofRules === null || isPending(notices.rules, ofRules) ? [] : [ofRules]),
    ...(ofTopics === null || isPending(notices.topic, ofTopics) ? [] : [ofTopics]),
  ];
}

const withId = (content: Notification, id: NotificationId): RequestedNotification => ({ ...content, id });

/** Adds: the cards about the rules. */
export const noticingSetup = settling.extend({
  actions: {
    updateNotices: enqueueActions(({ context, enqueue }, report: TopicReport | RulesReport) => {
      const before = withUsed(context.notices, report);
      const refused = refusedAfter(before, report);
      const isChanged = !sameKeys(refused, context.notices.refused);
      let notices: Notices = { ...before, refused };
      const cards = cardsOf(notices, report, isChanged).map((card) => withId(card, context.deps.nextId()));
      for (const card of cards) notices = withPending(notices, card);
      enqueue.assign({ notices });
      if (report.type === 'rules.loaded')
        for (const card of unusedCards(context.leftCards, report.routes))
          enqueue.sendTo('outbox', publishDeletion(context, card, 'once'));
      if (cards.length === 0 && !isChanged) return;
      // Before anything is sent because of it.
      enqueue.sendTo('store', { type: 'notices.save', notices: storedNotices(notices) });
      for (const card of cards)
        enqueue.sendTo('outbox', {
          type: 'notification.publish',
          notification: silenceIncident(context, card),
        });
    }),
    /** After the services were restarted, or the process: what was not accepted is sent again. */
    resumeNotices: enqueueActions(({ context, enqueue }) => {
      const { notices, deps, registry } = context;
      const leftCards = withoutOwned(context.leftCards, registry.records);
      if (leftCards !== context.leftCards) {
        enqueue.assign({ leftCards });
        enqueue.sendTo('store', { type: 'leftCards.save', leftCards: [...leftCards.values()] });
      }
      for (const card of leftCards.values()) enqueue.sendTo('outbox', publishDeletion(context, card));
      const { rules, topic, refused } = notices;
      const resolved = topic.pending === null && refused.size === 0 ? noticeOfTopics(notices) : null;
      const allClear = resolved === null ? null : { ...resolved, id: deps.nextId() };
      for (const notification of [rules.pending, topic.pending, allClear]) {
        if (notification === null) continue;
        enqueue.sendTo('outbox', {
          type: 'notification.publish',
          notification: silenceIncident(context, notification),
        });
      }
    }),
  },
});

const sameKeys = (one: ReadonlyMap<RouteId, unknown>, other: ReadonlyMap<RouteId, unknown>): boolean =>
  one.size === other.size && [...one.keys()].every((route) => other.has(route));

/** How the supervisor handles reports about the rules and their topics. */
export const noticing = noticingSetup.createStateConfig({
  on: {
    'topic.*': { actions: [emitEvent, { type: 'updateNotices', params: ({ event }) => event }] },
    'rules.*': { actions: { type: 'updateNotices', params: ({ event }) => event } },
  },
});
