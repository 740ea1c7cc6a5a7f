/** Which press is executed next, and what follows its result. */
import type { Failure, Hash, Result, TorrentRecord } from '../domain.ts';
import { isTracked } from '../torrent/record.ts';
import { isDeletion } from './actions.ts';
import { MAX_PRESS_AGE } from './presses.ts';
import type { AcceptedPress, ButtonAction, Command } from './types.ts';

/** What is known after a press was executed. */
export type Execution = Result<{
  sharesFiles: boolean | null;
  /** Nothing was done: the torrent was deleted and added again since the last poll. */
  isOtherDownload?: true;
}>;

/** Milliseconds for which a press waits for a login to qBittorrent. */
const LOGIN_TIME = 5000;

/** An accepted press that waits, or is executed. */
export interface QueuedPress {
  press: AcceptedPress;
  /** An earlier process has accepted it. */
  isResumed: boolean;
  /** Requests until now: a session that is lost during the first one is no reason to fail. */
  attempts: number;
}

/** Actions that only concern the cards. */
const LOCAL_ACTIONS: ReadonlySet<ButtonAction> = new Set(['mute', 'unmute', 'keep']);

export const isLocal = ({ action }: Command): boolean => LOCAL_ACTIONS.has(action);

/** Milliseconds for which it waits for a session; 0: no longer. */
export function loginTimeLeft({ press, isResumed }: QueuedPress, now: number): number {
  const time = isResumed ? MAX_PRESS_AGE : LOGIN_TIME;
  return Math.max(0, time - Math.abs(now - press.acceptedAt));
}

/** The result where there was no session in time. */
export const NO_SESSION: Execution = {
  ok: false,
  failure: { kind: 'unreachable', message: 'qBittorrent accepts no login' },
};

/** The result of what only concerns the cards. */
export const DONE: Execution = { ok: true, value: { sharesFiles: null } };

/** Whether the request is repeated after a login: qBittorrent has not executed it. */
export const isSessionLost = ({ attempts }: QueuedPress, execution: Execution): boolean =>
  !execution.ok && execution.failure.kind === 'unauthorized' && attempts < 2;

/** The torrent that a command is for, as qBittorrent lists it now; `null` if it is gone or complete. */
export function hashFor(record: TorrentRecord | undefined, { round }: Command): Hash | null {
  if (record === undefined || !isTracked(record) || record.remote?.round !== round) return null;
  return record.hash;
}

/** Whether a press, whose torrent has no actor now, waits until that is started: after a crash, or at the start. */
export const isTorrentAwaited = (
  { command, acceptedAt }: AcceptedPress,
  record: TorrentRecord | undefined,
  now: number,
): boolean => hashFor(record, command) !== null && Math.abs(now - acceptedAt) < MAX_PRESS_AGE;

/** Whether nothing was done, because the button is of an earlier download. */
export const isOtherDownload = (execution: Execution): boolean =>
  execution.ok && execution.value.isOtherDownload === true;

/** Milliseconds until the card that asks or tells something is as before. */
export const ANSWER_TIME = 60_000;

/** Whether the card has to be changed when the answer is over: it asks something, or goes. */
export const isTemporary = (action: ButtonAction, failure: Failure | null): boolean =>
  failure === null && (action === 'delete' || action === 'mute');

/** Whether another poll soon shows what has changed. */
export const changesTorrent = (action: ButtonAction): boolean =>
  isDeletion(action) || action === 'pause' || action === 'resume' || action === 'recheck';
