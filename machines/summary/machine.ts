import { enqueueActions, sendParent, setup } from 'xstate';
import type { ActorSystem, AnyActorRef, EventObject } from 'xstate';
import type { NextId, Outcome, RequestedNotification } from '../domain.ts';
import type { OutboxEvent } from '../outbox/setup.ts';
import type { RouteId } from '../routing/types.ts';
import type { SummaryBoard } from './board.ts';
import { nextCheckIn } from './pace.ts';
import { recordSettlement, storedRoutes, takeUpdates } from './updates.ts';

export type { SummaryReport } from './updates.ts';

export type SummaryEvent =
  /** A summary begins, or has its first download. */
  | { type: 'summary.changed' }
  /** A button of a card that it has replaced was pressed. */
  | { type: 'summary.answered' }
  | { type: 'notification.settled'; notification: RequestedNotification; outcome: Outcome };

/** The topics on which a summary may be. */
export interface SaveSummaries {
  type: 'summaries.save';
  routes: readonly RouteId[];
}

export interface SummaryInput {
  board: SummaryBoard;
  nextId: NextId;
}

/** Milliseconds for which downloads are collected before the first summary: a poll is delivered in slices. */
const GATHER_TIME = 1000;

/** The parts of an action's arguments that are used to send. */
interface Sending {
  context: SummaryInput;
  system: Pick<ActorSystem<never>, 'get'>;
  enqueue: { sendTo: (target: AnyActorRef, event: EventObject) => void };
}

function sendToService({ system, enqueue }: Sending, to: 'outbox' | 'store', event: EventObject): void {
  const receiver = system.get(to);
  if (receiver !== undefined) enqueue.sendTo(receiver, event);
}

function saveStored(step: Sending): void {
  const event: SaveSummaries = { type: 'summaries.save', routes: storedRoutes(step.context.board) };
  sendToService(step, 'store', event);
}

const settle = {
  type: 'recordSettlement',
  params: ({ event }: { event: Extract<SummaryEvent, { type: 'notification.settled' }> }) => event,
} as const;

/**
 * Sends one summary for all downloads of a topic while there are many. The torrents and the outbox write on the board
 * which they share with it. Without a summary there is no timer.
 */
export const summaryMachine = setup({
  types: {
    context: {} as SummaryInput,
    events: {} as SummaryEvent,
    input: {} as SummaryInput,
  },
  guards: {
    inactive: ({ context: { board } }) => nextCheckIn(board) === null,
  },
  actions: {
    update: enqueueActions((step) => {
      const { board, nextId } = step.context;
      const { notifications, reports, isStoreDue } = takeUpdates(board, nextId);
      if (isStoreDue) saveStored(step);
      for (const report of reports) step.enqueue(sendParent(report));
      for (const notification of notifications) {
        const event: OutboxEvent = { type: 'notification.publish', notification };
        sendToService(step, 'outbox', event);
      }
    }),
    /** In `enqueueActions`, because the guards of the same step read the board. */
    recordSettlement: enqueueActions(
      (step, settled: { notification: RequestedNotification; outcome: Outcome }) => {
        if (recordSettlement(step.context.board, settled)) saveStored(step);
      },
    ),
  },
  delays: {
    gather: GATHER_TIME,
    check: ({ context: { board } }) => Math.max(1, nextCheckIn(board) ?? 1),
  },
}).createMachine({
  id: 'summary',
  description: 'Sends one summary for all downloads of a topic while there are many.',
  context: ({ input }) => input,
  on: {
    'notification.settled': { actions: settle },
    'summary.answered': '.updating',
  },
  initial: 'deciding',
  states: {
    deciding: {
      always: [{ guard: 'inactive', target: 'idle' }, { target: 'waiting' }],
    },
    idle: {
      description: 'No summary has anything to show: no timer.',
      on: {
        'summary.changed': 'gathering',
        'notification.settled': { target: 'deciding', actions: settle },
      },
    },
    gathering: {
      description: 'A summary begins: the other downloads of the same poll are awaited.',
      after: { gather: 'updating' },
    },
    waiting: {
      description: 'Until the next update, if anything has changed by then.',
      on: { 'summary.changed': 'gathering' },
      after: { check: 'updating' },
    },
    updating: {
      entry: 'update',
      always: 'deciding',
    },
  },
});
