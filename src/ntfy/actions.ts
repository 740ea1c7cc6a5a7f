/** The buttons of a card, as ntfy's actions (ntfy docs, "Action buttons"). */
import { BUTTON_CARDS } from '../../machines/remote/types.ts';
import type { ButtonAction, ButtonCard, ButtonSet, Command } from '../../machines/remote/types.ts';
import type { Secret } from '../util/secret.ts';
import type { Published } from './message.ts';

/** A button. `http`: the app sends the request; `view`: it opens the URL. */
export type Action =
  | {
      action: 'http';
      label: string;
      url: string;
      method: 'POST';
      headers?: { Authorization: string } | undefined;
      body: string;
      /** Whether the card is dismissed after a press: it shows the result. */
      clear: false;
    }
  | { action: 'view'; label: string; url: string; clear: false };

/** How a press reaches this process. */
export interface ButtonOptions {
  /** The command topic, as the phone reaches it. */
  url: string;
  /** A token that may publish there, which all who can read the cards can read; `null`: none is needed. */
  token: Secret | null;
  /** Returns the message of a press. */
  sign: (command: Command) => string;
}

/** What a card offers besides its text. */
export interface ActionOptions {
  /** Default: no card has buttons. */
  buttons?: ButtonOptions | undefined;
  /** The URL of qBittorrent's WebUI, which a tap on a card opens. Default: `null`, none. */
  webUi?: string | null | undefined;
}

const LABELS: Readonly<Record<ButtonAction, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  reannounce: 'Reannounce',
  recheck: 'Recheck',
  mute: 'Mute',
  unmute: 'Unmute',
  delete: 'Delete',
  deleteTorrent: 'Delete',
  deleteFiles: 'Delete with files',
  keep: 'Keep',
  retry: 'Try again',
};

/** ntfy rejects a message with more (ntfy `server/actions.go`). */
const MAX_ACTIONS = 3;

/** Cards without buttons of their own that have one for the WebUI. */
const LINKED_KINDS: ReadonlySet<Published['kind']> = new Set(['completion', 'summary', 'digest']);

type WithButtons = Extract<Published, { kind: ButtonCard }>;

const mayHaveButtons = (notification: Published): notification is WithButtons =>
  BUTTON_CARDS.some((kind) => kind === notification.kind);

/** The buttons of a notification; empty without any. */
export function actionsOf(notification: Published, { buttons, webUi = null }: ActionOptions): Action[] {
  if (mayHaveButtons(notification)) {
    const { kind: card, key, buttons: set } = notification;
    return set === undefined || buttons === undefined ? [] : commandsOf({ card, key }, set, buttons);
  }
  const isLinked = webUi !== null && LINKED_KINDS.has(notification.kind);
  return isLinked ? [{ action: 'view', label: 'Open', url: webUi, clear: false }] : [];
}

function commandsOf(
  subject: Pick<Command, 'card' | 'key'>,
  { actions, ...set }: ButtonSet,
  { url, token, sign }: ButtonOptions,
): Action[] {
  const headers = token === null ? undefined : { Authorization: `Bearer ${token.reveal()}` };
  return actions.slice(0, MAX_ACTIONS).map((action) => ({
    action: 'http',
    label: LABELS[action],
    url,
    method: 'POST',
    headers,
    body: sign({ ...subject, ...set, action }),
    clear: false,
  }));
}
