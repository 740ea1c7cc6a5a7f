import type { Failure, Form } from '../domain.ts';
import { backoff } from '../backoff.ts';
import type { Lane } from './lanes.ts';

/** The attempts for a card whose last message failed. */
export interface Attempts {
  form: Form;
  /** Failures in this form, for the pause. */
  failures: number;
  /** Those of them that the server did not cause. */
  rejections: number;
  /**
   * How many messages ntfy had accepted when the last attempt failed; `Infinity` when the last one was accepted, and -1
   * where it does not matter.
   */
  accepted: number;
  /** When that was, in milliseconds since 1970, and how long the card waits from then on. */
  at: number;
  pause: number;
}

/** By card. A card without failures has no entry. */
export type AttemptLog = Map<string, Attempts>;

/** Progress, completion and alert of a torrent are separate cards, and fail separately; so they do on each topic. */
export const cardOf = (kind: Lane, place: string): string => `${kind}:${place}`;

/**
 * What a failure leads to.
 * - `server`: ntfy may be the cause, so everything waits
 * - `topic`: ntfy refuses its topic, so only that one waits
 * - `again`: only this message waits
 * - `simplified`: this message is sent again in the next form; one that has its last form keeps that
 * - `dropped`: it was rejected in its last form, and is not worth more attempts
 */
export type Consequence = 'server' | 'topic' | 'again' | 'simplified' | 'dropped';

/**
 * Rejections until a message is simplified. A firewall rejects the same text each time; a proxy that restarts and a
 * connection that breaks hit any message, and must not cost a completion its name.
 */
const REJECTIONS_TO_SIMPLIFY: Partial<Record<Failure['kind'], number>> = {
  rejected: 1,
  misdirected: 2,
  bug: 2,
  broken: 3,
  protocol: 3,
  unreachable: 4,
};

const FIRST_RETRY = 2000;

/** Progress is soon outdated, and a card that stays is a smaller loss than one that blocks. The others must arrive. */
const DROPPABLE_LANES: ReadonlySet<Lane> = new Set([
  'progress',
  'summary',
  'card-delete',
  'alert-clear',
  'summary-delete',
]);

/** Their cards are updated again and again, in the form that ntfy accepted last. */
const UPDATED_LANES: ReadonlySet<Lane> = new Set(['progress', 'summary']);

/** Their messages have no text. */
const DELETING_LANES: ReadonlySet<Lane> = new Set(['card-delete', 'alert-clear', 'summary-delete']);

/** A deletion has no text: its other form is another request. */
function nextForm(kind: Lane, form: Form): Form | null {
  if (form === 'fixed') return null;
  return form === 'plain' || DELETING_LANES.has(kind) ? 'fixed' : 'plain';
}

/** Failures that hold for every message: a limit, or a login that is not accepted. */
const SERVER_FAILURES: ReadonlySet<Failure['kind']> = new Set(['limited', 'exhausted', 'unauthorized']);

/** Whether a failure itself says that the server is its cause. */
export const isServerFailure = ({ kind }: Failure): boolean => SERVER_FAILURES.has(kind);

/** The cause that a failure itself shows. If it shows none, the results of other messages decide. */
function causeOf(failure: Failure): 'server' | 'message' | 'unknown' {
  if (isServerFailure(failure)) return 'server';
  const { kind, reason } = failure;
  // ntfy's own 400 and 413 are about this message. In its last form it can only be about all: a reserved topic.
  return kind === 'bug' || (kind === 'rejected' && reason !== 'in-front') ? 'message' : 'unknown';
}

interface FailureResult {
  consequence: Consequence;
  /** The new entry of the card; `null` deletes it. */
  attempts: Attempts | null;
}

/** A message that failed, and its circumstances. */
export interface FailedMessage {
  kind: Lane;
  failure: Failure;
  before: Attempts | undefined;
  /** How many messages ntfy has accepted until now. */
  accepted: number;
  now: number;
  retryMax: number;
}

/**
 * Decides what follows a failed message. The message is the cause if ntfy accepted another one after its previous
 * failure, or if the failure shows it; otherwise the server is. So while a server is down, no message is simplified or
 * dropped.
 */
export function consequenceOfFailure({
  kind,
  failure,
  before,
  accepted,
  now: at,
  retryMax,
}: FailedMessage): FailureResult {
  const cause = causeOf(failure);
  if (cause === 'server') return { consequence: 'server', attempts: before ?? null };
  const { form, failures, rejections } = before ?? { form: 'full', failures: 0, rejections: 0 };
  const simpler = nextForm(kind, form);
  const isToBlame =
    (before !== undefined && accepted > before.accepted) ||
    (cause === 'message' && (simpler !== null || failure.kind === 'bug'));
  const pause = (count: number) => backoff(count, FIRST_RETRY, Math.max(retryMax, FIRST_RETRY));
  const next: Attempts = {
    form,
    failures: failures + 1,
    rejections,
    accepted: cause === 'message' ? -1 : accepted,
    at,
    pause: pause(failures + 1),
  };
  if (!isToBlame) return { consequence: 'server', attempts: next };
  next.rejections += 1;
  if (next.rejections < (REJECTIONS_TO_SIMPLIFY[failure.kind] ?? 1))
    return { consequence: 'again', attempts: next };
  if (simpler !== null) {
    const soon = failure.kind === 'rejected' ? 0 : pause(1);
    const attempts = { ...next, form: simpler, failures: 0, rejections: 0, pause: soon };
    return { consequence: 'simplified', attempts };
  }
  // A rejected message: the server is not the cause of the next failure either, and the pause keeps growing.
  const parked = { ...next, rejections: 1 };
  if (!DROPPABLE_LANES.has(kind)) return { consequence: 'simplified', attempts: parked };
  // The next update of this card starts in the form in which this one ended.
  return { consequence: 'dropped', attempts: UPDATED_LANES.has(kind) ? parked : null };
}

/** The entry of a card after ntfy accepted a message: the next update keeps the accepted form. */
export function afterAcceptance(kind: Lane, before: Attempts | undefined): Attempts | null {
  if (!UPDATED_LANES.has(kind) || before === undefined || before.form === 'full') return null;
  return { ...before, failures: 0, rejections: 0, accepted: Infinity, pause: 0 };
}

/** Minimum pause of a rejected card while ntfy accepts nothing else: such attempts show nothing. */
const MIN_PAUSE_WITHOUT_EVIDENCE = 60_000;

/**
 * Milliseconds until a card may be tried again. If only the server was the cause, it is tried as soon as ntfy has
 * accepted another message. Setting the clock back makes no pause longer.
 */
export function waitOf(attempts: Attempts | undefined, accepted: number, now: number): number {
  if (attempts === undefined) return 0;
  const { form, rejections, at } = attempts;
  const isRejected = rejections > 0 || form !== 'full';
  if (!isRejected && accepted > attempts.accepted) return 0;
  const least = isRejected && accepted === attempts.accepted ? MIN_PAUSE_WITHOUT_EVIDENCE : 0;
  return Math.max(0, Math.max(attempts.pause, least) - Math.abs(now - at));
}

/** Whether a card itself was rejected: its attempts do not use the reserves. */
export function isRejected(log: AttemptLog, kind: Lane, place: string): boolean {
  const attempts = log.get(cardOf(kind, place));
  return attempts !== undefined && (attempts.rejections > 0 || attempts.form !== 'full');
}

/** Whether a card has not failed: the result of its message shows whether the server is the cause of other failures. */
export const isUntried = (log: AttemptLog, kind: Lane, place: string): boolean =>
  (log.get(cardOf(kind, place))?.accepted ?? Infinity) === Infinity;
