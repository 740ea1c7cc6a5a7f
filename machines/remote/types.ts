import type { Hash } from '../domain.ts';

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
