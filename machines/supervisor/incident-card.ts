import { enqueueActions, sendTo } from 'xstate';
import { release, withChange } from '../incident/card.ts';
import type { HoldReason, IncidentCard, IncidentNotification } from '../incident/card.ts';
import type { IncidentReport } from '../incident/machine.ts';
import type { QbittorrentFailed } from '../domain.ts';
import type { OutboxEvent } from '../outbox/machine.ts';
import {
  isButtonDue,
  isSupportWanted,
  nextButton,
  recordIncidentOver,
  recordLogin,
  recordLoginFailed,
} from '../remote/retrying.ts';
import { ANSWER_DELAY } from '../remote/setup.ts';
import type { RemoteEvent } from '../remote/setup.ts';
import type { CardAnswer } from '../remote/types.ts';
import { noticingSetup } from './noticing.ts';
import { silenceIncident } from './sounds.ts';
import type { SupervisorContext, SupervisorEvent } from './types.ts';

/** Milliseconds for which nothing about the incident is sent. */
const HOLD_TIMES: Readonly<Record<HoldReason, number>> = {
  // ntfy answers within milliseconds, or cannot accept the card either.
  support: 3000,
  press: ANSWER_DELAY,
  login: 1,
};

const DUE = 'incident.due';

/** The parts of an action's arguments that are used here. */
interface Step {
  context: SupervisorContext;
  enqueue: {
    assign: (changes: Partial<SupervisorContext>) => void;
    cancel: (id: string) => void;
    raise: (event: SupervisorEvent, options: { delay: number; id: string }) => void;
    sendTo: ((to: 'outbox', event: OutboxEvent) => void) & ((to: 'remote', event: RemoteEvent) => void);
  };
}

function hold({ enqueue }: Step, card: IncidentCard, reason: HoldReason): void {
  enqueue.assign({ incidentCard: { ...card, heldFor: reason } });
  enqueue.cancel(DUE);
  enqueue.raise({ type: DUE }, { delay: HOLD_TIMES[reason], id: DUE });
}

function sendNow(step: Step, card: IncidentCard): void {
  const { context, enqueue } = step;
  const { remote } = context.deps;
  const isDue = remote !== null && card.failure !== null && isButtonDue(remote, card.failure);
  const { card: after, notification, isUpdate } = release(card, isDue);
  enqueue.assign({ incidentCard: after });
  enqueue.cancel(DUE);
  if (notification === null) return;
  const content = withButton(step, notification);
  enqueue.sendTo('outbox', {
    type: 'notification.publish',
    notification: {
      ...(isUpdate ? { ...content, silent: true } : silenceIncident(context, content)),
      id: context.deps.nextId(),
    },
  });
}

function withButton(
  { context: { deps }, enqueue }: Step,
  content: IncidentNotification,
): IncidentNotification {
  if (deps.remote === null || content.kind !== 'incident') return content;
  const { buttons, isChanged } = nextButton(deps.remote, content.failure);
  if (isChanged) enqueue.sendTo('remote', { type: 'buttons.changed' });
  return buttons === null ? content : { ...content, buttons };
}

/** Adds: the card of an incident of qBittorrent, and its button. */
export const incidentCardSetup = noticingSetup.extend({
  actions: {
    publishIncident: enqueueActions((step, { notification }: IncidentReport) => {
      const { context, enqueue } = step;
      const { deps, incidentCard: before } = context;
      const card = withChange(before, notification);
      const isIncident = notification.kind === 'incident';
      if (deps.remote !== null && !isIncident && recordIncidentOver(deps.remote))
        enqueue.sendTo('remote', { type: 'buttons.changed' });
      const isIncomplete =
        deps.remote !== null && isIncident && isSupportWanted(deps.remote, notification.failure);
      if (isIncomplete && before.heldFor !== 'support') {
        enqueue.sendTo('remote', { type: 'support.wanted' });
        hold(step, card, 'support');
      } else if (before.heldFor === null || (before.heldFor === 'support' && !isIncomplete))
        sendNow(step, card);
      else enqueue.assign({ incidentCard: card });
    }),
    sendHeld: enqueueActions((step) => sendNow(step, step.context.incidentCard)),
    /** Before the incident has it. */
    recordLoginFailed: enqueueActions((step, failed: QbittorrentFailed) => {
      const { deps, incidentCard: card } = step.context;
      const { remote } = deps;
      if (remote === null || failed.during !== 'login') return;
      recordLoginFailed(remote, failed);
      step.enqueue.sendTo('remote', { type: 'login.failed', failure: failed.failure });
      if (card.failure === null || card.heldFor !== null) return;
      if (isSupportWanted(remote, card.failure)) step.enqueue.sendTo('remote', { type: 'support.wanted' });
      else if (remote.login.isPending || isButtonDue(remote, card.failure)) hold(step, card, 'login');
    }),
    recordLogin: enqueueActions(({ context: { deps }, enqueue }) => {
      if (deps.remote !== null && recordLogin(deps.remote))
        enqueue.sendTo('remote', { type: 'buttons.changed' });
    }),
    holdForPress: enqueueActions((step) => hold(step, step.context.incidentCard, 'press')),
    /** A login that has succeeded is followed by the all-clear. */
    showAnswer: enqueueActions((step, { answer }: { answer: CardAnswer }) => {
      const { incidentCard: before } = step.context;
      if (answer.failure === null || before.failure === null) return;
      const card = { ...before, answer };
      if (before.heldFor === null) sendNow(step, card);
      else step.enqueue.assign({ incidentCard: card });
    }),
    retryLogin: sendTo('session', { type: 'login.retry' }),
  },
});

/** How the supervisor handles the card of an incident of qBittorrent. */
export const incidentCard = incidentCardSetup.createStateConfig({
  on: {
    'incident.changed': {
      actions: [
        { type: 'recordIncident', params: ({ event: { raised } }) => ({ raised }) },
        { type: 'publishIncident', params: ({ event }) => event },
      ],
    },
    'incident.due': { actions: 'sendHeld' },
    'support.settled': { actions: 'sendHeld' },
    'retry.accepted': { actions: 'holdForPress' },
    'login.wanted': { actions: 'retryLogin' },
    'retry.settled': { actions: { type: 'showAnswer', params: ({ event: { answer } }) => ({ answer }) } },
  },
});
