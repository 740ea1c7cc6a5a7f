/** Which presses were accepted, and which cards have buttons. */
import type { Hash, Now, TorrentRecord } from '../domain.ts';
import { isTracked } from '../torrent/record.ts';
import { CONFIRMATION } from './actions.ts';
import { createLoginButton, isRetryDue } from './login-button.ts';
import type { LoginButton } from './login-button.ts';
import { hasButtons, isOfRound, VALIDITY } from './record.ts';
import type {
  AcceptedPress,
  ButtonCard,
  Command,
  Cursor,
  Press,
  PressRejection,
  RemoteChange,
  RemoteRecord,
  StoredRemote,
} from './types.ts';

/** Each accepted press is kept until its buttons are no longer valid. */
export const MAX_PRESSES = 2000;

/** Milliseconds for which a press that was accepted before a kill is repeated. */
export const MAX_PRESS_AGE = 10 * 60_000;

/** Milliseconds for which the position in the command topic is used: older presses have no effect. */
const MAX_CURSOR_AGE = MAX_PRESS_AGE;

/**
 * The presses, and the cards that have buttons. One object that the supervisor, the torrents and the actor `remote`
 * share. Changed in place, only by the functions of this file, and only inside `assign` or `enqueueActions`.
 */
export interface Remote {
  readonly now: Now;
  readonly write: (change: RemoteChange) => void;
  /** By name. */
  readonly presses: Map<string, AcceptedPress>;
  /** Presses, by name, whose card does not show the answer yet. */
  readonly unanswered: Set<string>;
  /** The keys of the torrents that have a card with buttons, and the source of the incident whose card has one. */
  readonly active: Set<string>;
  /** The button of the incident card. Replaced, only by the functions of `./retrying.ts`. */
  login: LoginButton;
  /** Whether ntfy updates cards in place, so that they can have buttons; `null`: unknown. */
  isSupported: boolean | null;
  cursor: Cursor | null;
}

export interface RemoteOptions {
  now: Now;
  /** Writes a change to the disk before it returns. Default: in memory only. */
  write?: ((change: RemoteChange) => void) | undefined;
  stored?: StoredRemote | undefined;
}

export function createRemote({ now, write = () => {}, stored }: RemoteOptions): Remote {
  const remote: Remote = {
    now,
    write,
    presses: new Map(stored?.presses.map((press) => [nameOf(press.command), press])),
    unanswered: new Set(),
    active: new Set(),
    login: createLoginButton(now()),
    isSupported: null,
    cursor: stored?.cursor ?? null,
  };
  forgetExpired(remote);
  return remote;
}

/** Each button can be pressed once. */
const nameOf = ({ card, key, round, serial, action }: Omit<Command, 'expiresAt'>): string =>
  `${card}:${key}:${round}:${serial}:${action}`;

/**
 * Accepts a press, and stores that: it is not accepted again. A login that was accepted is not repeated after a restart,
 * which is a login itself.
 *
 * @param record of its torrent, if it is one of a torrent
 * @returns why it has no effect; `null`: it is accepted
 */
export function acceptPress(
  remote: Remote,
  { command }: Press,
  record: TorrentRecord | undefined,
): PressRejection | null {
  const { presses, now } = remote;
  const isLogin = command.card === 'incident';
  if (isConsumed(remote, command)) return 'repeated';
  if (!isValidAt(command, now())) return 'outdated';
  const isCurrent = isLogin
    ? isRetryDue(remote.login, retriesOf(remote), command)
    : record !== undefined && isTracked(record) && isOfRound(record.remote, command);
  if (!isCurrent) return 'outdated';
  forgetExpired(remote);
  if (presses.size >= MAX_PRESSES) return 'full';
  save(remote, { command, acceptedAt: now(), isDone: isLogin });
  if (!isLogin) remote.unanswered.add(nameOf(command));
  return null;
}

/** Whether it was pressed before. A question is answered once: after Keep, its other buttons delete nothing. */
function isConsumed({ presses }: Remote, command: Command): boolean {
  const { action } = command;
  const consumers = CONFIRMATION.includes(action) ? CONFIRMATION : [action];
  return consumers.some((each) => presses.has(nameOf({ ...command, action: each })));
}

function save({ presses, write }: Remote, press: AcceptedPress): void {
  presses.set(nameOf(press.command), press);
  write({ type: 'press.save', press });
}

/** Whether a button of a card was pressed, and the press was answered. */
export function isSpent(
  { presses, unanswered }: Remote,
  key: Hash,
  card: ButtonCard,
  record: RemoteRecord,
): boolean {
  const shown = card === 'incident' ? null : record[card];
  if (presses.size === 0 || shown === null) return false;
  const { round } = record;
  const { serial, actions } = shown;
  return actions.some((action) => {
    const name = nameOf({ card, key, round, serial, action });
    return presses.get(name)?.isDone === true && !unanswered.has(name);
  });
}

/** Records that a press had its effect, or failed. */
export function markDone(remote: Remote, { command }: AcceptedPress): void {
  const press = remote.presses.get(nameOf(command));
  if (press !== undefined && !press.isDone) save(remote, { ...press, isDone: true });
}

/** Records that the card of a press shows what followed. */
export function markAnswered(remote: Remote, press: AcceptedPress): void {
  markDone(remote, press);
  remote.unanswered.delete(nameOf(press.command));
}

/** The presses that an earlier process has accepted and not done; those that are too old are done without effect. */
export function takeUndone(remote: Remote): AcceptedPress[] {
  const now = remote.now();
  const undone = [...remote.presses.values()].filter(({ isDone }) => !isDone);
  const recent = undone.filter(({ acceptedAt }) => Math.abs(now - acceptedAt) < MAX_PRESS_AGE);
  for (const press of undone) if (!recent.includes(press)) markDone(remote, press);
  return recent;
}

/** Whether a button is valid: it has not expired, and was not made before the clock was set back by days. */
const isValidAt = ({ expiresAt }: Command, now: number): boolean =>
  expiresAt > now && expiresAt - now <= 2 * VALIDITY;

/**
 * Whether a press is remembered. A machine without a clock of its own starts in the past: what seems to be valid for years
 * is valid again later, and is forgotten only to make room.
 */
const isRemembered = (command: Command, now: number, isFull: boolean): boolean =>
  isFull ? isValidAt(command, now) : command.expiresAt > now;

/** Forgets presses whose buttons are no longer valid: they are rejected because of that. */
function forgetExpired({ presses, write, now }: Remote): void {
  const at = now();
  const isFull = presses.size >= MAX_PRESSES;
  for (const [name, press] of presses) {
    // They are counted until a login succeeds.
    if (press.command.card === 'incident' || isRemembered(press.command, at, isFull)) continue;
    presses.delete(name);
    write({ type: 'press.delete', press });
  }
}

/**
 * Records whether a torrent has a card with buttons.
 *
 * @returns whether there is such a card now, and was none before, or the other way round
 */
export function recordButtons({ active }: Remote, key: Hash, record: TorrentRecord | undefined): boolean {
  return setActive(active, key, record !== undefined && isTracked(record) && hasButtons(record.remote));
}

/** Records whether a card has buttons; returns whether the first one has them now, or none has them any more. */
export function setActive(active: Remote['active'], key: string, isActive: boolean): boolean {
  const before = active.size;
  if (isActive) active.add(key);
  else active.delete(key);
  return before === 0 || active.size === 0 ? before !== active.size : false;
}

/** The accepted presses of "Try again" since the last login, also of an earlier process; the oldest first. */
export const retriesOf = ({ presses }: Remote): AcceptedPress[] =>
  [...presses.values()]
    .filter(({ command }) => command.card === 'incident')
    .toSorted((one, other) => one.acceptedAt - other.acceptedAt);

/** A login has succeeded: qBittorrent counts from the beginning. */
export function forgetRetries(remote: Remote): void {
  for (const press of retriesOf(remote)) {
    remote.presses.delete(nameOf(press.command));
    remote.write({ type: 'press.delete', press });
  }
}

/** Records that a message of the command topic was read. */
export function moveCursor(remote: Remote, id: string): void {
  remote.cursor = { id, at: remote.now() };
  remote.write({ type: 'cursor.save', cursor: remote.cursor });
}

/** ntfy does not accept the position. The stored one is replaced with the next message. */
export function forgetCursor(remote: Remote): void {
  remote.cursor = null;
}

/** From where the command topic is read; `null`: the last ten minutes. */
export const startOf = ({ cursor, now }: Remote): string | null =>
  cursor !== null && Math.abs(now() - cursor.at) < MAX_CURSOR_AGE ? cursor.id : null;
