/** The buttons of a torrent's cards, and what they answer. */
import type { Alert, Phase, CardState } from '../domain.ts';
import { alertActions, progressActions } from '../remote/actions.ts';
import type { CardSituation } from '../remote/actions.ts';
import { ANSWER_TIME } from '../remote/executing.ts';
import { isSpent } from '../remote/presses.ts';
import { areButtonsOutdated, buttonSetOf, withButtons } from '../remote/record.ts';
import type { TorrentCard, WantedButtons } from '../remote/record.ts';
import type { ButtonAction, ButtonSet, CardAnswer, CardButtons, WithButtons } from '../remote/types.ts';
import { movedCardState } from './progress.ts';
import type { ShownAnswer, TorrentContext } from './types.ts';

/** Milliseconds after a press in which qBittorrent may still show the state before it. */
const EFFECT_TIME = 3000;

/** The answer that this card shows now; `null` for none. */
function answerOn({ answers, deps }: TorrentContext, card: TorrentCard): ShownAnswer | null {
  const answer = answers[card];
  return answer !== null && Math.abs(deps.now() - answer.at) < ANSWER_TIME ? answer : null;
}

/** The answers after this card was requested. */
export function withoutDue(answers: TorrentContext['answers'], card: TorrentCard): TorrentContext['answers'] {
  const answer = answers[card];
  return answer?.isDue === true ? { ...answers, [card]: { ...answer, isDue: false } } : answers;
}

export const isMuted = ({ record }: Pick<TorrentContext, 'record'>): boolean =>
  record.remote !== null && record.remote.muted !== null;

/** Whether a card shows for a minute that its torrent is muted. */
const showsMuting = (context: TorrentContext, card: TorrentCard): boolean =>
  isMuted(context) && answerOn(context, card)?.action === 'mute';

/** Whether a muted torrent has no such card. */
export const isSilenced = (context: TorrentContext, card: TorrentCard): boolean =>
  isMuted(context) && !showsMuting(context, card);

/**
 * Whether the progress card stays as it is: it tells something, or qBittorrent does not show yet what has changed.
 *
 * @param at when the torrent was observed, in milliseconds since 1970
 */
export function isHeld(context: TorrentContext, at: number): boolean {
  const answer = answerOn(context, 'progress');
  if (answer === null) return false;
  // The last observation can be half a minute older than the press.
  return showsMuting(context, 'progress') || at - answer.at < EFFECT_TIME;
}

/** The buttons that a card is to have; `null`: cards have none. */
function wantedOf(
  context: TorrentContext,
  card: TorrentCard,
  actionsIn: (situation: CardSituation) => readonly ButtonAction[],
  now: number,
): WantedButtons | null {
  const { deps, record, key, routing } = context;
  const { remote } = deps;
  if (remote === null || remote.isSupported !== true) return null;
  const situation: CardSituation = {
    answer: answerOn(context, card),
    isMuted: isMuted(context),
    chosen: routing.buttons?.[card === 'alert' ? 'alerts' : 'progress'],
  };
  const isOld = record.remote !== null && isSpent(remote, key, card, record.remote);
  return { actions: actionsIn(situation), isSpent: isOld, now };
}

/** The progress card with the answer to a press; `null` if the card that is shown needs none. */
export function answeredCard(context: TorrentContext, at: number): CardState | null {
  const { requestedCard, record, mayHaveCard, seen, policy } = context;
  const answer = answerOn(context, 'progress');
  if (answer?.isDue === true) {
    // After a kill it may be unknown what the card shows.
    const card = requestedCard ?? (mayHaveCard ? movedCardState(seen.progress, null, at, policy) : null);
    return card === null ? null : afterAction(card, answer);
  }
  if (requestedCard === null) return null;
  const wanted = wantedOf(context, 'progress', (now) => progressActions(requestedCard.phase, now), at);
  if (wanted === null) return null;
  return areButtonsOutdated(record.remote, 'progress', wanted) ? requestedCard : null;
}

/** qBittorrent shows the effect a few seconds later. */
function afterAction(card: CardState, { action, failure }: CardAnswer): CardState {
  if (failure !== null) return card;
  const phases: Partial<Record<ButtonAction, Phase>> = { pause: 'stopped', resume: 'downloading' };
  const phase = phases[action];
  return phase === undefined ? card : { percent: card.percent, phase };
}

/** Whether the alert that is shown has other buttons, or something to answer. */
export function isAlertOutdated(context: TorrentContext, alert: Alert, at: number): boolean {
  if (answerOn(context, 'alert')?.isDue === true) return true;
  const wanted = wantedOf(context, 'alert', (now) => alertActions(alert, now), at);
  return wanted !== null && areButtonsOutdated(context.record.remote, 'alert', wanted);
}

/** The buttons and the answer of a progress card. */
export const progressButtons = (context: TorrentContext, { phase }: CardState): WithButtons =>
  partsOf(context, 'progress', (now) => progressActions(phase, now));

/** The buttons and the answer of an alert. */
export const alertButtons = (context: TorrentContext, alert: Alert): WithButtons =>
  partsOf(context, 'alert', (now) => alertActions(alert, now));

function partsOf(
  context: TorrentContext,
  card: TorrentCard,
  actionsIn: (situation: CardSituation) => readonly ButtonAction[],
): WithButtons {
  const { deps, record, seen } = context;
  // The last observation can be half a minute old: its time would shorten the minute of a question.
  const wanted = wantedOf(context, card, actionsIn, deps.now());
  if (wanted === null) return {};
  const addedAt = seen.observation?.addedAt ?? 0;
  const buttons = buttonSetOf(withButtons(record.remote, card, { ...wanted, addedAt }), card);
  const shown = answerOn(context, card);
  const answer = shown === null ? null : answerOf(shown);
  return {
    ...(buttons === null ? {} : { buttons }),
    ...(answer === null ? {} : { answer }),
    ...(shown?.isDue === true || isQuestionOver(record.remote?.[card], buttons) ? { isUpdate: true } : {}),
  };
}

/** Whether the card that is shown asks a question, and this one does not. */
const isQuestionOver = (shown: CardButtons | null | undefined, next: ButtonSet | null): boolean =>
  shown?.actions.includes('keep') === true && next?.actions.includes('keep') !== true;

const answerOf = ({ action, failure, sharesFiles }: ShownAnswer): CardAnswer => ({
  action,
  failure,
  sharesFiles,
});
