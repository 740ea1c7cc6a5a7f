import type { Failure } from '../../../machines/domain.ts';
import type { TopicState } from '../../../machines/remote/selectors.ts';
import type { ButtonStatus, LastPress } from '../../app/button-status.ts';
import { formatTime } from '../../format/clock.ts';
import { formatCount } from '../../format/number.ts';
import { safeText, torrentName } from '../../format/text.ts';
import { answerText } from '../../ntfy/answer-text.ts';
import type { Tone } from '../labels.ts';
import type { ViewModel } from '../view-model.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

interface Text {
  tone: Tone;
  text: string;
}

const STATES: Readonly<Record<TopicState, Text>> = {
  asleep: { tone: 'waiting', text: 'Idle' },
  connecting: { tone: 'waiting', text: 'Connecting' },
  listening: { tone: 'done', text: 'Ready' },
  backingOff: { tone: 'warn', text: 'Presses do not arrive' },
};

const UNSUPPORTED: Text & { detail: string } = {
  tone: 'warn',
  text: 'Not possible',
  detail: 'ntfy 2.16 or later is needed',
};

/** The text of the card about the buttons: whether presses arrive, and the last one. */
export function buttonsText(buttons: ButtonStatus, view: ViewModel): Text & { detail: string | Html } {
  const { failure, supported, state, last } = buttons;
  if (supported === false) return UNSUPPORTED;
  // It is not ready before it has been read again.
  const text = failure === null ? STATES[state] : textOf(failure);
  const detail = failure === null ? countText(buttons.torrents, view) : safeText(failure.message, 300);
  return { ...text, detail: last === null ? detail : html`${detail} · ${lastPress(last, view)}` };
}

const textOf = ({ kind }: Failure): Text =>
  kind === 'unauthorized' ? { tone: 'bad', text: 'Command topic refused' } : STATES.backingOff;

function countText(torrents: number, { locale }: ViewModel): string {
  if (torrents === 0) return 'no card has buttons';
  return torrents === 1 ? 'for 1 download' : `for ${formatCount(torrents, locale)} downloads`;
}

/** A torrent that has ended since is named by the list of those. */
function lastPress({ action, key, name, at, failure }: LastPress, view: ViewModel): Html {
  const answer = { action, failure, sharesFiles: false };
  // A question on the card is no result.
  const isQuestion = action === 'delete' && failure === null;
  const text = isQuestion ? 'Asked before deleting' : answerText(answer, { percent: null });
  const known = name ?? view.finished.find((finished) => finished.key === key)?.name ?? null;
  const subject = action === 'retry' ? '' : html`<bdi>${torrentName(key, known, 'line')}</bdi>, `;
  const time = formatTime(Date.parse(at) / 1000, view.now, view);
  return html`last press: ${text} (${subject}<time datetime="${at}">${time}</time>)`;
}
