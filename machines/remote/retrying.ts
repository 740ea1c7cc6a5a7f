/** What changes the button "Try again". Called only inside `assign` or `enqueueActions`. */
import type { Failure } from '../domain.ts';
import {
  endRound,
  isRefusal,
  isWornOut,
  LOGIN_INCIDENT,
  loginButtonSet,
  wantedActions,
  withActions,
} from './login-button.ts';
import type { LoginButton } from './login-button.ts';
import { forgetRetries, retriesOf, setActive } from './presses.ts';
import type { Remote } from './presses.ts';
import type { ButtonSet } from './types.ts';

/** Returns whether the command topic is to be read now, or no longer. */
function setLogin(remote: Remote, login: LoginButton): boolean {
  remote.login = login;
  return setActive(remote.active, LOGIN_INCIDENT, login.shown !== null);
}

/** A login has failed. */
export function recordLoginFailed(remote: Remote, failed: { failure: Failure; isFinal?: true }): void {
  remote.login = { ...remote.login, isRefused: isRefusal(failed) };
}

/**
 * A login has succeeded: a press has no effect any more, and the next incident has two again.
 *
 * @returns as `setLogin`
 */
export function recordLogin(remote: Remote): boolean {
  forgetRetries(remote);
  return setLogin(remote, { ...remote.login, isRefused: false, shown: null });
}

/** The incident is over; returns as `setLogin`. */
export const recordIncidentOver = (remote: Remote): boolean =>
  setLogin(remote, endRound(remote.login, remote.now()));

/** A press was accepted, or has been answered. */
export function setPending(remote: Remote, isPending: boolean): void {
  remote.login = { ...remote.login, isPending };
}

/** Whether a card about this failure needs a button as soon as it is known whether cards can have them. */
export const isSupportWanted = (remote: Remote, failure: Failure): boolean =>
  remote.isSupported === null && wantedActions(remote.login, retriesOf(remote), failure).length > 0;

/** Whether a card that is shown is to be sent again because of its button. */
export const isButtonDue = (remote: Remote, failure: Failure): boolean =>
  remote.isSupported === true &&
  wantedActions(remote.login, retriesOf(remote), failure).length > 0 &&
  isWornOut(remote.login, retriesOf(remote), remote.now());

/** The button with which a card is sent now, and as `setLogin` whether that changes what is to be read. */
export function nextButton(
  remote: Remote,
  failure: Failure,
): { buttons: ButtonSet | null; isChanged: boolean } {
  const { login, isSupported, now } = remote;
  const retries = retriesOf(remote);
  const actions = isSupported === true ? wantedActions(login, retries, failure) : [];
  const isNew = isWornOut(login, retries, now());
  const isChanged = setLogin(remote, withActions(login, actions, { isNew, now: now() }));
  return { buttons: loginButtonSet(remote.login), isChanged };
}
