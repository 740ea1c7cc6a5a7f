/** The buttons in the record of a torrent. */
import { haveSameActions } from './actions.ts';
import type { ButtonAction, ButtonSet, CardButtons, Command, RemoteRecord } from './types.ts';

/** Milliseconds for which buttons are valid, and after which a card that is still shown gets new ones. */
export const VALIDITY = 24 * 60 * 60_000;
const RENEWAL = VALIDITY / 2;

/** Milliseconds for which a card asks whether its torrent is to be deleted. A press may be a little later. */
export const CONFIRMATION_TIME = 60_000;
const CONFIRMATION_VALIDITY = CONFIRMATION_TIME + 10_000;

/** The cards of a torrent that have buttons. */
export type TorrentCard = 'progress' | 'alert';

/** A new download of a torrent. */
const createRemoteRecord = (addedAt: number, now: number, serial = 0): RemoteRecord => ({
  round: now,
  addedAt,
  serial,
  progress: null,
  alert: null,
  muted: null,
});

/** Whether it is another download: qBittorrent reports another time of its addition. */
export const isOtherRound = (record: Pick<RemoteRecord, 'addedAt'> | null, addedAt: number): boolean =>
  record !== null && addedAt !== 0 && record.addedAt !== 0 && record.addedAt !== addedAt;

/** The buttons that a card is to have. */
export interface WantedButtons {
  actions: readonly ButtonAction[];
  /** One of the shown ones was pressed: all are replaced, because each can be pressed once. */
  isSpent: boolean;
  /** In milliseconds since 1970. */
  now: number;
}

/** The record in which the buttons of a card are these; the same object if they are. */
export function withButtons(
  before: RemoteRecord | null,
  card: TorrentCard,
  { actions, addedAt, now, isSpent }: WantedButtons & { addedAt: number },
): RemoteRecord | null {
  if (before === null && actions.length === 0) return null;
  const record = before ?? createRemoteRecord(addedAt, now);
  const shown = record[card];
  if (shown !== null && !areButtonsOutdated(record, card, { actions, isSpent, now }))
    return record.addedAt === 0 && addedAt !== 0 ? { ...record, addedAt } : record;
  if (actions.length === 0) return shown === null ? record : { ...record, [card]: null };
  const serial = record.serial + 1;
  return { ...record, serial, addedAt: record.addedAt || addedAt, [card]: { serial, actions, madeAt: now } };
}

/** Whether a card gets new buttons because of their age. Also if the clock was set back. */
export const isRenewalDue = ({ madeAt }: CardButtons, now: number): boolean =>
  Math.abs(now - madeAt) >= RENEWAL;

/** Whether a card that is shown has other buttons, or needs new ones. */
export function areButtonsOutdated(
  record: RemoteRecord | null,
  card: TorrentCard,
  { actions, isSpent, now }: WantedButtons,
): boolean {
  const shown = record?.[card] ?? null;
  if (shown === null) return actions.length > 0;
  // Those of another round have no actions: the card is sent again, also if it is to have no buttons now.
  return (
    shown.actions.length === 0 ||
    isSpent ||
    isRenewalDue(shown, now) ||
    !haveSameActions(shown.actions, actions)
  );
}

const validityOf = (actions: readonly ButtonAction[]): number =>
  actions.includes('keep') ? CONFIRMATION_VALIDITY : VALIDITY;

/** The buttons of a card as they are sent; `null` for none. */
export function buttonSetOf(record: RemoteRecord | null, card: TorrentCard): ButtonSet | null {
  const shown = record?.[card] ?? null;
  if (record === null || shown === null || shown.actions.length === 0) return null;
  const { serial, actions, madeAt } = shown;
  return { round: record.round, serial, actions, expiresAt: madeAt + validityOf(actions) };
}

/** The record after the torrent was added again: its cards, which are still shown, get other buttons. */
export const startRound = (before: RemoteRecord, addedAt: number, now: number): RemoteRecord => ({
  ...withInvalidButtons(before),
  round: Math.max(now, before.round + 1),
  addedAt,
  muted: null,
});

/** The record after all its buttons became invalid: its cards, which are still shown, get other ones. */
export const withInvalidButtons = (before: RemoteRecord): RemoteRecord => ({
  ...before,
  progress: withoutActions(before.progress),
  alert: withoutActions(before.alert),
});

const withoutActions = (shown: CardButtons | null): CardButtons | null =>
  shown === null ? null : { ...shown, actions: [] };

/** The record with the buttons that a card is sent with; the same object if it has them. */
export function recordButtonSet(
  before: RemoteRecord | null,
  card: TorrentCard,
  { buttons, addedAt }: { buttons: ButtonSet | undefined; addedAt: number },
): RemoteRecord | null {
  if (buttons === undefined)
    return before === null || before[card] === null ? before : { ...before, [card]: null };
  const { round, serial, actions, expiresAt } = buttons;
  const shown = before?.[card] ?? null;
  if (before?.round === round && shown?.serial === serial) return before;
  const record = before ?? createRemoteRecord(addedAt, round);
  const madeAt = expiresAt - validityOf(actions);
  return { ...record, round, serial: Math.max(record.serial, serial), [card]: { serial, actions, madeAt } };
}

/** Whether a press belongs to this download. */
export const isOfRound = (record: RemoteRecord | null, { round, serial }: Command): boolean =>
  record !== null && record.round === round && serial <= record.serial;

/** Whether a card with buttons may be on the phone. */
export const hasButtons = (record: RemoteRecord | null): boolean =>
  record !== null && (record.progress !== null || record.alert !== null);
