/** What a card says after a press of one of its buttons. */
import type { Failure } from '../../machines/domain.ts';
import type { ButtonAction, CardAnswer } from '../../machines/remote/types.ts';
import { formatPercent } from '../format/number.ts';

const DONE: Readonly<Record<ButtonAction, string>> = {
  pause: 'Paused',
  resume: 'Resumed',
  reannounce: 'Reannounced to its trackers',
  recheck: 'Recheck started',
  mute: 'Muted',
  unmute: 'Unmuted',
  delete: 'Delete this torrent?',
  deleteTorrent: 'Deleted, its files are kept',
  deleteFiles: 'Deleted with its files',
  keep: 'Kept',
  retry: 'Trying again',
};

const NOT_DONE: Readonly<Record<ButtonAction, string>> = {
  pause: 'Not paused',
  resume: 'Not resumed',
  reannounce: 'Not reannounced',
  recheck: 'No recheck',
  mute: 'Not muted',
  unmute: 'Not unmuted',
  delete: 'Not deleted',
  deleteTorrent: 'Not deleted',
  deleteFiles: 'Not deleted',
  keep: 'Not kept',
  retry: 'No login',
};

/** Nothing of the failure's own text: it can contain what a server answered. */
function reasonOf({ kind }: Failure): string {
  if (kind === 'unreachable') return 'qBittorrent does not answer';
  const isLogin = kind === 'unauthorized' || kind === 'banned';
  return isLogin ? 'qBittorrent accepts no login' : 'qBittorrent answers with an error';
}

/** Without anything that a torrent or a server contributed. */
export function answerText(
  { action, failure, sharesFiles }: CardAnswer,
  { percent, locale }: { percent: number | null; locale?: string | undefined },
): string {
  if (failure !== null) return `${NOT_DONE[action]}: ${reasonOf(failure)}`;
  if (action === 'mute' && percent !== null)
    return `${DONE.mute} at ${formatPercent(percent, locale)}. It will be announced when it is complete.`;
  if (action !== 'delete' || sharesFiles === false) return DONE[action];
  return sharesFiles === null
    ? `${DONE.delete} It is unknown whether another torrent uses its files.`
    : `${DONE.delete} Another torrent uses the same files.`;
}

/** The same on a summary, on which nothing can be confirmed. */
export const summaryAnswerText = (
  answer: CardAnswer,
  options: { percent: number | null; locale?: string | undefined },
): string =>
  answer.action === 'delete' && answer.failure === null
    ? 'Not deleted: open qBittorrent to delete it'
    : answerText(answer, options);
