/** Which buttons a card has. */
import type { Alert, Phase } from '../domain.ts';
import type { ButtonAction, CardAnswer } from './types.ts';

/** The buttons that a rule can choose. `pause` is also Resume. */
export const BUTTON_NAMES = ['pause', 'mute', 'delete', 'reannounce', 'recheck'] as const;

export type ButtonName = (typeof BUTTON_NAMES)[number];

/** ntfy shows at most three. */
const MAX_BUTTONS = 3;

/** The answers to the question of Delete. */
export const CONFIRMATION: readonly ButtonAction[] = ['deleteTorrent', 'deleteFiles', 'keep'];

const NONE: readonly ButtonAction[] = [];

const ALERT_BUTTONS: Readonly<Record<Alert, readonly ButtonName[]>> = {
  stalled: ['reannounce', 'mute', 'delete'],
  metadata: ['reannounce', 'mute', 'delete'],
  failed: ['recheck', 'mute', 'delete'],
  // Our own fault: the torrent itself may be well.
  crashing: [],
};

const PROGRESS_BUTTONS: readonly ButtonName[] = ['pause', 'mute', 'delete'];

/** What decides about the buttons of a card. */
export interface CardSituation {
  /** The answer that the card shows; `null` for none. */
  answer: CardAnswer | null;
  isMuted: boolean;
  /** What its rule has chosen; missing: the default. */
  chosen?: readonly ButtonName[] | undefined;
}

/** The buttons of a progress card. */
export function progressActions(phase: Phase, situation: CardSituation): readonly ButtonAction[] {
  const pause = phase === 'stopped' ? 'resume' : 'pause';
  const names = situation.chosen ?? PROGRESS_BUTTONS;
  return actionsOf(
    names.map((name) => (name === 'pause' ? pause : name)),
    situation,
  );
}

/** The buttons of an alert. */
export const alertActions = (alert: Alert, situation: CardSituation): readonly ButtonAction[] =>
  actionsOf(alert === 'crashing' ? NONE : (situation.chosen ?? ALERT_BUTTONS[alert]), situation);

function actionsOf(
  usual: readonly ButtonAction[],
  { answer, isMuted }: CardSituation,
): readonly ButtonAction[] {
  if (answer?.action === 'delete' && answer.failure === null) return CONFIRMATION;
  if (answer?.failure === null && isDeletion(answer.action)) return NONE;
  return isMuted ? ['unmute'] : usual.slice(0, MAX_BUTTONS);
}

/** Whether the torrent is deleted. */
export const isDeletion = (action: ButtonAction): boolean =>
  action === 'deleteTorrent' || action === 'deleteFiles';

/** Whether the two sets have the same buttons. */
export const haveSameActions = (one: readonly ButtonAction[], other: readonly ButtonAction[]): boolean =>
  one.length === other.length && one.every((action, index) => action === other[index]);
