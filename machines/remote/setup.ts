import { assign, enqueueActions, fromCallback, fromPromise, sendParent, setup } from 'xstate';
import type { EventObject } from 'xstate';
import type { Failure, Hash, Now, QbittorrentFailed, TorrentRecord } from '../domain.ts';
import type { Policy } from '../policy.ts';
import type { FindTorrent } from '../shard/machine.ts';
import type { TorrentEvent } from '../torrent/types.ts';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import type { WatcherEvent } from '../watcher/types.ts';
import {
  ANSWER_TIME,
  changesTorrent,
  hashFor,
  isLocal,
  isOtherDownload,
  isSessionLost,
  isTemporary,
  isTorrentAwaited,
  loginTimeLeft,
} from './executing.ts';
import type { Execution, QueuedPress } from './executing.ts';
import { forgetCursor, markAnswered, markDone, moveCursor, takeUndone } from './presses.ts';
import type { Remote } from './presses.ts';
import { setPending } from './retrying.ts';
import { isShortLived, streamPause, SUPPORT_PAUSE } from './retry.ts';
import type { AcceptedPress, ButtonAction, CardAnswer, Press, RemoteReport } from './types.ts';

export type RemoteEvent =
  /** The first card with buttons is sent, or the last one is gone. */
  | { type: 'buttons.changed' }
  /** A torrent needs to know whether cards can have buttons. */
  | { type: 'support.wanted' }
  | { type: 'session.ready' }
  | { type: 'session.lost' }
  /** qBittorrent has refused a login, or does not answer. */
  | { type: 'login.failed'; failure: Failure }
  /** A press of "Try again". */
  | { type: 'retry.accepted'; press: AcceptedPress }
  /** It is time to show the answer to a press, or to show it no longer. */
  | ({ type: 'answer.due' | 'answer.over' } & DueAnswer)
  | StreamEvent;

interface DueAnswer {
  press: AcceptedPress;
  answer: CardAnswer;
}

/** What the reader of the command topic reports. */
export type StreamEvent =
  | { type: 'stream.opened' }
  /** The last message that was read. */
  | { type: 'cursor.moved'; id: string }
  | { type: 'press.received'; press: Press }
  /** It has ended, or could not begin. */
  | { type: 'stream.failed'; failure: Failure };

export interface RemoteInput {
  remote: Remote;
  policy: Pick<Policy, 'retryMax'>;
  now: Now;
  findRecord: (key: Hash) => TorrentRecord | undefined;
  findTorrent: FindTorrent;
}

export interface RemoteContext extends RemoteInput {
  /** Whether there is a session with qBittorrent. */
  ready: boolean;
  /** Accepted presses, the first of which is executed. Changed in place. */
  queue: QueuedPress[];
  /** An accepted press of "Try again" that is not answered yet; `null` for none. */
  retry: AcceptedPress | null;
  /** Failures of the stream in a row, and the last one. */
  failures: number;
  failure: Failure | null;
  /** When the stream was opened, in milliseconds since 1970; `null`: it is not open. */
  openedAt: number | null;
  /** What was executed last; `null` for nothing. */
  last: LastCommand | null;
}

/** What is executed, for the torrent that has this ID now. */
export interface ExecuteInput {
  action: ButtonAction;
  hash: Hash;
  /** When it was added, in seconds since 1970; 0: unknown. With another time it is another download: nothing is done. */
  addedAt: number;
}

/** A command that was executed. */
export interface LastCommand {
  action: ButtonAction;
  /** Of its torrent, or the source of the incident. */
  key: string;
  /** In milliseconds since 1970. */
  at: number;
  failure: Failure | null;
}

/**
 * Milliseconds from a press until its answer: ntfy's Android app shows the old card once more after the reply to the
 * press, so an earlier answer would be overwritten.
 */
export const ANSWER_DELAY = 1100;
/** Milliseconds after which qBittorrent shows the effect of a request. */
const EFFECT_TIME = 3000;
/** Milliseconds until a torrent that has no actor is looked for again. */
const TORRENT_PAUSE = 1000;

const unprovided = () => Promise.reject(new Error('the remote has no servers'));

const hasNone = ({ remote }: RemoteContext): boolean => remote.active.size === 0;
const firstOf = ({ queue }: RemoteContext): QueuedPress | null => queue[0] ?? null;

/** Guards and actions of the buttons; their chart is in `./machine.ts`. */
export const remoteSetup = setup({
  types: {
    context: {} as RemoteContext,
    events: {} as RemoteEvent,
    input: {} as RemoteInput,
  },
  actors: {
    /** Reads the command topic from a message on; `null`: the last ten minutes. */
    listen: fromCallback<EventObject, { since: string | null }>(() => {}),
    /** Executes a press, or finds out what a card has to ask before. */
    execute: fromPromise<Execution, ExecuteInput>(unprovided),
    /** Whether ntfy updates cards in place; `null`: it does not answer. */
    support: fromPromise<boolean | null>(unprovided),
  },
  guards: {
    inactive: ({ context }) => hasNone(context),
    active: ({ context }) => !hasNone(context),
    supportUnknown: ({ context }) => context.remote.isSupported === null,
    queueEmpty: ({ context }) => context.queue.length === 0,
    local: ({ context }) => {
      const first = firstOf(context);
      return first !== null && isLocal(first.press.command);
    },
    gone: ({ context }) => {
      const first = firstOf(context);
      return (
        first !== null && hashFor(context.findRecord(first.press.command.key), first.press.command) === null
      );
    },
    ready: ({ context }) => context.ready,
    sessionLost: ({ context }, { execution }: { execution: Execution }) => {
      const first = firstOf(context);
      return first !== null && isSessionLost(first, execution);
    },
    otherDownload: (_, { execution }: { execution: Execution }) => isOtherDownload(execution),
  },
  actions: {
    crash: (_, { request }: { request: RequestName }) => failOverdue(request),
    recordSupport: enqueueActions(({ context }, { isSupported }: { isSupported: boolean | null }) => {
      context.remote.isSupported = isSupported;
    }),
    recordOpened: assign(({ context }) => ({ openedAt: context.now(), failure: null })),
    recordFailed: assign(({ context }, { failure }: { failure: Failure }) => {
      const { remote, failures, openedAt, now } = context;
      // It also rejects what is no ID of its own, such as one of another server or of a damaged file.
      if (failure.kind === 'rejected') forgetCursor(remote);
      return { failure, failures: isShortLived(openedAt, now()) ? failures + 1 : 1, openedAt: null };
    }),
    report: sendParent((_, report: RemoteReport) => report),
    moveCursor: enqueueActions(({ context }, { id }: { id: string }) => moveCursor(context.remote, id)),
    resumePresses: enqueueActions(({ context }) => {
      context.remote.unanswered.clear();
      setPending(context.remote, false);
      for (const press of takeUndone(context.remote))
        context.queue.push({ press, isResumed: true, attempts: 0 });
    }),
    countAttempt: enqueueActions(({ context }) => {
      const first = firstOf(context);
      if (first !== null) first.attempts += 1;
    }),
    reportSessionLost: enqueueActions(({ enqueue }, { execution }: { execution: Execution }) => {
      enqueue.assign({ ready: false });
      if (execution.ok) return;
      const { failure } = execution;
      enqueue(
        sendParent({ type: 'qbittorrent.failed', failure, during: 'command' } satisfies QbittorrentFailed),
      );
    }),
    recordReady: assign({ ready: true }),
    recordLost: assign({ ready: false }),
    /** The first press has had its effect, or failed. What only concerns the cards is done when its torrent knows it. */
    settle: enqueueActions(({ context, enqueue, system }, { execution }: { execution: Execution }) => {
      const { remote, queue, now, findRecord } = context;
      const press = queue.shift()?.press;
      if (press === undefined) return;
      const { command, acceptedAt } = press;
      const { action, key } = command;
      const failure = execution.ok ? null : execution.failure;
      if (!isLocal(command)) markDone(remote, press);
      enqueue.assign({ last: { action, key, at: now(), failure } });
      enqueue(sendParent({ type: 'command.executed', command, failure } satisfies RemoteReport));
      const answer = { action, failure, sharesFiles: execution.ok ? execution.value.sharesFiles : null };
      const delay = Math.max(1, ANSWER_DELAY - Math.abs(now() - acceptedAt));
      enqueue.raise({ type: 'answer.due', press, answer }, { delay });
      if (isTemporary(action, failure))
        enqueue.raise({ type: 'answer.over', press, answer }, { delay: delay + ANSWER_TIME });
      const watcher = system.get('watcher');
      const hash = findRecord(key)?.hash;
      if (failure !== null || watcher === undefined || hash === undefined || !changesTorrent(action)) return;
      const poll: WatcherEvent = { type: 'poll.now', hashes: [hash] };
      enqueue.sendTo(watcher, poll, { delay: EFFECT_TIME });
    }),
    tellTorrent: enqueueActions(({ context, enqueue }, due: Extract<RemoteEvent, DueAnswer>) => {
      const { type, press, answer } = due;
      const { card, key, serial } = press.command;
      const torrent = context.findTorrent(key);
      if (torrent === undefined && isTorrentAwaited(press, context.findRecord(key), context.now()))
        return enqueue.raise(due, { delay: TORRENT_PAUSE });
      if (torrent !== undefined && card !== 'incident') {
        const event: TorrentEvent =
          type === 'answer.due'
            ? { type: 'command.settled', card, serial, answer }
            : { type: 'answer.expired', card, serial };
        enqueue.sendTo(torrent, event);
      }
      markAnswered(context.remote, press);
    }),
    /** Its torrent was deleted or is complete. */
    dropFirst: enqueueActions(({ context }) => {
      const first = context.queue.shift();
      if (first !== undefined) markAnswered(context.remote, first.press);
    }),
  },
  delays: {
    supportOverdue: overdueAfter('support'),
    commandOverdue: overdueAfter('command'),
    supportPause: SUPPORT_PAUSE,
    loginTime: ({ context }) => {
      const first = firstOf(context);
      return first === null ? 1 : Math.max(1, loginTimeLeft(first, context.now()));
    },
    streamPause: ({ context: { failure, failures, policy } }) =>
      failure === null ? 1 : streamPause(failure, failures, policy.retryMax),
  },
});
