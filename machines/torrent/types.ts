import type { AnyActorRef } from 'xstate';
import type { Progress } from './progress.ts';
import type { TorrentOutcome } from './record.ts';
import type { CompletionCards } from '../digest/types.ts';
import type {
  Alert,
  CompletionSettings,
  Hash,
  NextId,
  Notification,
  NotificationId,
  Now,
  Observation,
  RequestedNotification,
  CardState,
  TorrentRecord,
} from '../domain.ts';
import type { Policy } from '../policy.ts';
import type { Remote } from '../remote/presses.ts';
import type { TorrentCard } from '../remote/record.ts';
import type { CardAnswer } from '../remote/types.ts';
import type { Rules } from '../routing/rules.ts';
import type { Routing } from '../routing/types.ts';
import type { SummaryBoard } from '../summary/board.ts';

export type TorrentEvent =
  | { type: 'session.ready' }
  | { type: 'session.lost' }
  | ({ type: 'torrent.observed' } & ObservedTorrent)
  | { type: 'torrent.missed' }
  /** qBittorrent called the finish hook; in milliseconds since 1970. */
  | { type: 'finishHook.received'; at: number }
  /** qBittorrent lists it under another ID now. */
  | { type: 'torrent.renamed'; hash: Hash }
  /** A hook or a scan named it again, by this hash. */
  | { type: 'torrent.readded'; hash: Hash }
  | { type: 'notification.settled'; notification: RequestedNotification; outcome: TorrentOutcome }
  /** A button of its card was pressed, and this is the answer. */
  | { type: 'command.settled'; card: TorrentCard; serial: number; answer: CardAnswer }
  /** The card shows that answer no longer. */
  | { type: 'answer.expired'; card: TorrentCard; serial: number }
  /** ntfy has refused its topic for minutes: it is to be sent to the default topic. An alert is requested again only while it holds. */
  | { type: 'notification.diverted'; notification: RequestedNotification };

/** What a torrent reports to the supervisor. */
export type TorrentReport =
  /** It is complete: the supervisor, which has the recent completions, decides whether that is sent. */
  | { type: 'notification.requested'; notification: RequestedNotification<Completion> }
  /** `last`: the last observation; `null` if there was none. */
  | { type: 'torrent.finished'; key: Hash; end: End; name: string | null; last: Observation | null };

export type End = 'complete' | 'removed';

type Completion = Extract<Notification, { kind: 'completion' }>;

/** What all torrents share. */
export interface TorrentDeps {
  now: Now;
  nextId: NextId;
  /** Writes a record through to the store. */
  save: (record: TorrentRecord) => void;
  supervisor: AnyActorRef;
  /** The rules that decide what is sent, and where. */
  rules: Rules;
  /** Decides which card shows a completion. */
  cards: CompletionCards;
  /** Which torrents download on each topic, and whether a summary replaces their cards. */
  summary: SummaryBoard;
  /** Which buttons were pressed; `null`: cards have none. */
  remote: Remote | null;
}

export interface TorrentInput {
  record: TorrentRecord;
  policy: Policy;
  deps: TorrentDeps;
  /** Whether there is a session. */
  ready: boolean;
}

export interface TorrentContext {
  key: Hash;
  policy: Policy;
  deps: TorrentDeps;
  /** As stored: each change is stored before anything is sent because of it. */
  record: TorrentRecord;
  /** Whether there was a session at its start. */
  ready: boolean;
  seen: Seen;
  /** Whether a progress card from before this actor started may be on the phone. */
  mayHaveCard: boolean;
  /** The card state that was sent to the outbox last. */
  requestedCard: CardState | null;
  /** The alert that was sent to the outbox last; `null` for none. */
  alert: Alert | null;
  /** The notification that the chart waits for. */
  pending: NotificationId | null;
  /** Polls in a row that found it under none of its hashes. */
  misses: number;
  /** Since when it is known to be finished, in milliseconds since 1970: by the finish hook or by its state. */
  finishedSince: number | null;
  /** It was found in error, together with many others: no notification until it works. */
  quiet: boolean;
  /** An earlier run of the process has requested its alert, and ntfy has perhaps not accepted it. */
  isAlertUnsent: boolean;
  /** What the rules say about it, by the last observation. */
  routing: Routing;
  /** The version of the rules that decided this; `MATCH_DUE` before, and when what they match has changed. */
  rulesVersion: number;
  /** Its card has to be published on its new topic. */
  moving: boolean;
  addition: Addition;
  /** The answer that each card shows; `null` for none. */
  answers: Readonly<Record<TorrentCard, ShownAnswer | null>>;
}

/** The answer to a press. */
export interface ShownAnswer extends CardAnswer {
  /** That of the pressed button. */
  serial: number;
  /** In milliseconds since 1970. */
  at: number;
  /** The card is to be sent because of it. */
  isDue: boolean;
}

/** Whether the notification of its addition is decided, and since when its name is known. */
export type Addition =
  | { state: 'unobserved' }
  /** It has no metadata yet. */
  | { state: 'nameless' }
  /** In milliseconds since 1970. */
  | { state: 'named'; at: number }
  | { state: 'decided' };

/**
 * The last observation. A poll without changes modifies it in place: new snapshots of thousands of torrents would double
 * the cost of a poll, and selectors return the latest values.
 */
export interface Seen {
  observation: Observation | null;
  progress: Progress;
  /** In milliseconds since 1970. */
  at: number;
  completion: CompletionSettings;
  /** How many torrents were complete in the same poll. */
  complete: number;
}

/** The result of a poll for one torrent. */
export interface ObservedTorrent {
  observation: Observation;
  /** When the answer arrived, and when the request was sent; in milliseconds since 1970. */
  at: number;
  askedAt: number;
  completion: CompletionSettings;
  /** How many torrents are complete in this poll, and were downloaded. */
  complete: number;
}
