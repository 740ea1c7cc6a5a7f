import type { Failure, Form } from '../domain.ts';
import { backoff } from '../backoff.ts';
import type { Lane } from './lanes.ts';

/** What is known of a card whose last message failed. */
export interface Attempts {
  form: Form;
  /** Failures in this form, for the pause. */
  failures: number;
  /** Those of them that the server is not to blame for. */
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

/** By card. A card that works has none. */
export type AttemptLog = Map<string, Attempts>;

/** Progress, completion and alert of a torrent are cards of their own, and fail on their own. */
export const cardOf = (kind: Lane, key: string): string => `${kind}:${key}`;

/**
 * What a failure leads to.
 * - `server`: ntfy may be the cause, so everything waits
 * - `again`: only this message waits
 * - `simplified`: this message is sent again in the next form; one that has its last form keeps that
 * - `dropped`: it was rejected in its last form, and is not worth more attempts
 */
export type Verdict = 'server' | 'again' | 'simplified' | 'dropped';

/**
 * Rejections until a message is simplified. A firewall rejects the same text each time; a proxy that restarts and a
 * connection that breaks hit any message, and must not cost a completion its name.
 */
const REJECTIONS: Partial<Record<Failure['kind'], number>> = {
  rejected: 1,
  misdirected: 2,
  bug: 2,
  broken: 3,
  protocol: 3,
  unreachable: 4,
};

const FIRST_RETRY = 2000;

/** Progress soon has news, and a card that stays is a smaller loss than one that blocks. The rest must arrive. */
const DROPPED: ReadonlySet<Lane> = new Set(['progress', 'dismissal', 'clearance']);

/** A deletion has no text: its other form is another request. */
function nextForm(kind: Lane, form: Form): Form | null {
  if (form === 'fixed') return null;
  return form === 'plain' || kind === 'dismissal' || kind === 'clearance' ? 'fixed' : 'plain';
}

/** Failures that hold for every message: a limit, or a login that is not accepted. */
const OF_SERVER: ReadonlySet<Failure['kind']> = new Set(['limited', 'exhausted', 'unauthorized']);

/** Whether a failure itself says that the server is its cause. */
export const isOfServer = ({ kind }: Failure): boolean => OF_SERVER.has(kind);

/** Whom a failure itself points at. What says neither is settled by what becomes of other messages. */
function causeOf(failure: Failure): 'server' | 'message' | 'unknown' {
  if (isOfServer(failure)) return 'server';
  const { kind, reason } = failure;
  // ntfy's own 400 and 413 are about this message. In its last form it can only be about all: a reserved topic.
  return kind === 'bug' || (kind === 'rejected' && reason !== 'in-front') ? 'message' : 'unknown';
}

interface Verdicts {
  verdict: Verdict;
  /** What is known of the card from now on; `null` for nothing. */
  attempts: Attempts | null;
}

/** What is known when a message fails. */
export interface Failing {
  kind: Lane;
  failure: Failure;
  before: Attempts | undefined;
  /** How many messages ntfy has accepted until now. */
  accepted: number;
  now: number;
  retryMax: number;
}

/**
 * Judges a message that failed. It is to blame if ntfy accepted another one after its previous failure, or if the
 * failure says so; otherwise the server is. So while a server is down, nothing is simplified or dropped because of it.
 */
export function verdictOfFailure({ kind, failure, before, accepted, now: at, retryMax }: Failing): Verdicts {
  const cause = causeOf(failure);
  if (cause === 'server') return { verdict: 'server', attempts: before ?? null };
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
  if (!isToBlame) return { verdict: 'server', attempts: next };
  next.rejections += 1;
  if (next.rejections < (REJECTIONS[failure.kind] ?? 1)) return { verdict: 'again', attempts: next };
  if (simpler !== null) {
    const soon = failure.kind === 'rejected' ? 0 : pause(1);
    const attempts = { ...next, form: simpler, failures: 0, rejections: 0, pause: soon };
    return { verdict: 'simplified', attempts };
  }
  // Known to be rejected: the next failure is not the server's either, and its pause goes on growing.
  const parked = { ...next, rejections: 1 };
  if (!DROPPED.has(kind)) return { verdict: 'simplified', attempts: parked };
  // The next progress of this card begins where this one ended.
  return { verdict: 'dropped', attempts: kind === 'progress' ? parked : null };
}

/** What is known of a card after ntfy accepted a message: the next progress keeps the form that works. */
export function afterAcceptance(kind: Lane, before: Attempts | undefined): Attempts | null {
  if (kind !== 'progress' || before === undefined || before.form === 'full') return null;
  return { ...before, failures: 0, rejections: 0, accepted: Infinity, pause: 0 };
}

/** Milliseconds between two attempts of a rejected card between which ntfy accepted nothing: they show nothing. */
const WITHOUT_EVIDENCE = 60_000;

/**
 * Milliseconds until a card may be tried again. One that only shared the server's trouble is tried as soon as ntfy has
 * accepted something. A clock that was set back makes no pause longer.
 */
export function waitOf(attempts: Attempts | undefined, accepted: number, now: number): number {
  if (attempts === undefined) return 0;
  const { form, rejections, at } = attempts;
  const isRejected = rejections > 0 || form !== 'full';
  if (!isRejected && accepted > attempts.accepted) return 0;
  const least = isRejected && accepted === attempts.accepted ? WITHOUT_EVIDENCE : 0;
  return Math.max(0, Math.max(attempts.pause, least) - Math.abs(now - at));
}

/** Whether a card itself was rejected: its attempts are no urgent news, and leave the reserves to others. */
export function isRejected(log: AttemptLog, kind: Lane, key: string): boolean {
  const attempts = log.get(cardOf(kind, key));
  return attempts !== undefined && (attempts.rejections > 0 || attempts.form !== 'full');
}

/** Whether nothing speaks against a card yet: what becomes of its message shows what is wrong with others. */
export const isUntried = (log: AttemptLog, kind: Lane, key: string): boolean =>
  (log.get(cardOf(kind, key))?.accepted ?? Infinity) === Infinity;
