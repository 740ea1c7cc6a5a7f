import type { Failure, Hash } from '../domain.ts';

/**
 * What a button does. `delete` only asks for a confirmation: `deleteTorrent` and `deleteFiles` delete, `keep` ends the
 * question. `retry` logs in to qBittorrent again.
 */
export const BUTTON_ACTIONS = [
  'pause',
  'resume',
  'reannounce',
  'recheck',
  'mute',
  'unmute',
  'delete',
  'deleteTorrent',
  'deleteFiles',
  'keep',
  'retry',
] as const;

export type ButtonAction = (typeof BUTTON_ACTIONS)[number];

/** The actions that are requests to qBittorrent. */
export type TorrentAction = Extract<
  ButtonAction,
  'pause' | 'resume' | 'reannounce' | 'recheck' | 'deleteTorrent' | 'deleteFiles'
>;

/** The cards that have buttons. */
export const BUTTON_CARDS = ['progress', 'alert', 'incident'] as const;

export type ButtonCard = (typeof BUTTON_CARDS)[number];

/** The buttons of a card, in their order; ntfy shows at most three. */
export interface ButtonSet {
  /** Differs for each download of the same torrent: an old button has no effect on a torrent that was added again. */
  round: number;
  /** Increases with each other set of buttons of the card, and with each press. */
  serial: number;
  /** Until when a press is valid, in milliseconds since 1970. */
  expiresAt: number;
  actions: readonly ButtonAction[];
}

/** One button of a card, as its signed message names it. */
export interface Command extends Pick<ButtonSet, 'round' | 'serial' | 'expiresAt'> {
  action: ButtonAction;
  card: ButtonCard;
  /** The key of the torrent, or the source of the incident (`IncidentSource`). */
  key: string;
}

/** A press of a button: its signature is valid, and it is not expired. */
export interface Press {
  command: Command;
  /** The ID of its message in ntfy. */
  id: string;
  /** Milliseconds since it was published, by ntfy's clock. */
  age: number;
}

/** A request to qBittorrent for a press. Repeating it has no further effect. */
export interface TorrentCommand {
  action: TorrentAction;
  hash: Hash;
}

/** The buttons of a card that may be on the phone. */
export interface CardButtons {
  serial: number;
  actions: readonly ButtonAction[];
  /** In milliseconds since 1970. */
  madeAt: number;
}

/** What is stored of a torrent for its buttons. */
export interface RemoteRecord {
  /** When this download of it began, in milliseconds since 1970. */
  round: number;
  /** When it was added, in seconds since 1970: another time is another download. 0: unknown. */
  addedAt: number;
  /** The serial of its newest buttons. */
  serial: number;
  /** The buttons of its progress card, and of its alert; `null` for none. */
  progress: CardButtons | null;
  alert: CardButtons | null;
  /** No progress and no alert is sent; `null`: it is not muted. */
  muted: { percent: number } | null;
}

/** The answer to a press, as its card shows it. */
export interface CardAnswer {
  /** What was pressed. `delete`: the card asks whether the torrent is to be deleted. */
  action: ButtonAction;
  /** Why it was not done; `null`: it was. */
  failure: Failure | null;
  /** For `delete`: another torrent uses the same files; `null` if that is unknown. */
  sharesFiles: boolean | null;
}

/** What cards with buttons have. */
export interface WithButtons {
  /** Missing: none. */
  buttons?: ButtonSet;
  /** What followed the last press; missing: nothing new. */
  answer?: CardAnswer;
  /** It is sent because of its buttons or its answer, whatever else it shows. */
  isUpdate?: true;
}

/** A press that has been accepted: it is not accepted again. */
export interface AcceptedPress {
  command: Command;
  /** In milliseconds since 1970. */
  acceptedAt: number;
  /** It had its effect, or failed. */
  isDone: boolean;
}

/** A change to be stored, before anything is done because of it. */
export type RemoteChange =
  | { type: 'press.save'; press: AcceptedPress }
  | { type: 'press.delete'; press: AcceptedPress }
  | { type: 'cursor.save'; cursor: Cursor };

/** The last message of the command topic that was read. */
export interface Cursor {
  /** ntfy's ID. */
  id: string;
  /** In milliseconds since 1970. */
  at: number;
}

/** What an earlier process has stored. */
export interface StoredRemote {
  presses: readonly AcceptedPress[];
  cursor: Cursor | null;
}

/** Why a press that was signed by this instance has no effect. */
export type PressRejection =
  /** It was pressed before, or its question was answered by another button. */
  | 'repeated'
  /**
   * The torrent is gone, was added again, or is complete; the question was answered; the incident is over, or has no
   * presses left.
   */
  | 'outdated'
  /** Too many presses within a day. */
  | 'full';

/** What it tells the supervisor for the incident card of a refused login. */
export type RetryReport =
  /** Whether ntfy updates cards in place is known, or it does not answer. */
  | { type: 'support.settled' }
  /** The card must not be sent within `ANSWER_DELAY`. */
  | { type: 'retry.accepted' }
  /** The session is to log in now. */
  | { type: 'login.wanted' }
  | { type: 'retry.settled'; answer: CardAnswer };

/** What the actor `remote` reports to the supervisor, for the log, the metrics and the page. */
export type RemoteReport =
  | { type: 'command.rejected'; reason: PressRejection }
  | { type: 'command.executed'; command: Command; failure: Failure | null }
  /** The command topic cannot be read, or can be read again. */
  | { type: 'commandTopic.failed'; failure: Failure }
  | { type: 'commandTopic.opened' };
