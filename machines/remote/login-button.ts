/** The button "Try again" of the incident card, while qBittorrent refuses the password or key. */
import type { Failure, IncidentSource } from '../domain.ts';
import { isRenewalDue, VALIDITY } from './record.ts';
import type { AcceptedPress, ButtonAction, ButtonSet, CardButtons, Command } from './types.ts';

/** The incident whose card has the button. */
export const LOGIN_INCIDENT: IncidentSource = 'qbittorrent';

/**
 * Presses until a login succeeds. qBittorrent bans an address for an hour after five refused logins, and only a
 * successful one ends the count (reference/qbittorrent.md): with the first login, these are three.
 */
export const MAX_RETRIES = 2;

/** Milliseconds between the logins of two presses. */
export const RETRY_INTERVAL = 10_000;

/** What is known of the button. Nothing of it survives a restart: a button of an earlier process has no effect. */
export interface LoginButton {
  /** Differs for each incident. */
  round: number;
  /** The serial of the newest button of this process. */
  serial: number;
  /** The button that the card may have; `null` for none. */
  shown: CardButtons | null;
  /** qBittorrent refused the last login, so the next one is minutes away. */
  isRefused: boolean;
  /** A press is not answered yet. */
  isPending: boolean;
}

/** No card has it yet. */
export const createLoginButton = (now: number): LoginButton => ({
  round: now,
  serial: 0,
  shown: null,
  isRefused: false,
  isPending: false,
});

/** Whether a press logs in. */
export const isRetryDue = (
  { round, serial, shown, isRefused, isPending }: LoginButton,
  retries: readonly AcceptedPress[],
  command: Command,
): boolean =>
  command.key === LOGIN_INCIDENT &&
  command.action === 'retry' &&
  command.round === round &&
  command.serial <= serial &&
  shown !== null &&
  isRefused &&
  !isPending &&
  retries.length < MAX_RETRIES;

/** Milliseconds that the login of the last of these presses waits. */
export function retryWait(retries: readonly AcceptedPress[]): number {
  const [before, last] = retries.map(({ acceptedAt }) => acceptedAt).slice(-2);
  if (before === undefined || last === undefined) return 0;
  return Math.max(0, RETRY_INTERVAL - Math.abs(last - before));
}

/** Whether a failure of the last login is one after which a press may log in. `isFinal`: only another secret may. */
export const isRefusal = ({ failure, isFinal }: { failure: Failure; isFinal?: true }): boolean =>
  failure.kind === 'unauthorized' && isFinal !== true;

/** The buttons that a card about this failure is to have, if ntfy updates cards in place. */
export const wantedActions = (
  { isRefused }: LoginButton,
  retries: readonly AcceptedPress[],
  { kind }: Failure,
): readonly ButtonAction[] =>
  isRefused && kind === 'unauthorized' && retries.length < MAX_RETRIES ? ['retry'] : [];

/** Whether the button that is shown cannot be pressed, or not for long. */
export const isWornOut = (
  { round, shown, isPending }: LoginButton,
  retries: readonly AcceptedPress[],
  now: number,
): boolean =>
  !isPending &&
  (shown === null ||
    isRenewalDue(shown, now) ||
    retries.some(({ command }) => command.round === round && command.serial === shown.serial));

/** The button with which a card is sent. */
export function withActions(
  before: LoginButton,
  actions: readonly ButtonAction[],
  { isNew, now }: { isNew: boolean; now: number },
): LoginButton {
  if (actions.length === 0) return before.shown === null ? before : { ...before, shown: null };
  if (!isNew && before.shown !== null) return before;
  const serial = before.serial + 1;
  return { ...before, serial, shown: { serial, actions, madeAt: now } };
}

/** The button as it is sent; `null` for none. */
export function loginButtonSet({ round, shown }: LoginButton): ButtonSet | null {
  if (shown === null) return null;
  const { serial, actions, madeAt } = shown;
  return { round, serial, actions, expiresAt: madeAt + VALIDITY };
}

/** The button after the incident: earlier presses have no effect on the next one. */
export const endRound = (before: LoginButton, now: number): LoginButton => ({
  ...before,
  round: Math.max(now, before.round + 1),
  shown: null,
});
