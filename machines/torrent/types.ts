import type { AnyActorRef } from 'xstate';
import type { Progress } from './progress.ts';
import type { TorrentOutcome } from './record.ts';
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
  Told,
  TorrentRecord,
} from '../domain.ts';
import type { Policy } from '../policy.ts';

export type TorrentEvent =
  | { type: 'session.ready' }
  | { type: 'session.lost' }
  | ({ type: 'torrent.observed' } & ObservedTorrent)
  | { type: 'torrent.missed' }
  /** qBittorrent's finish hook named it; in milliseconds since 1970. */
  | { type: 'finishHook.received'; at: number }
  /** It is listed under another ID now. */
  | { type: 'torrent.renamed'; hash: Hash }
  /** It was tracked once more by this hash, or a scan shows it. */
  | { type: 'torrent.readded'; hash: Hash }
  | { type: 'notification.settled'; notification: RequestedNotification; outcome: TorrentOutcome };

/** What a torrent reports to the supervisor. */
export type TorrentReport =
  /** It is complete: the supervisor, which knows the recent completions, decides whether that is sent. */
  | { type: 'notification.requested'; notification: RequestedNotification<Completion> }
  | { type: 'torrent.finished'; key: Hash; end: End; name: string | null };

export type End = 'complete' | 'removed';

type Completion = Extract<Notification, { kind: 'completion' }>;

/** What all torrents share. */
export interface TorrentDeps {
  now: Now;
  nextId: NextId;
  /** Writes a record through to the store. */
  save: (record: TorrentRecord) => void;
  supervisor: AnyActorRef;
}

export interface TorrentInput {
  record: TorrentRecord;
  policy: Policy;
  deps: TorrentDeps;
  /** There is a session. */
  ready: boolean;
}

export interface TorrentContext {
  key: Hash;
  policy: Policy;
  deps: TorrentDeps;
  /** As it is stored: both change together, before anything is sent because of the change. */
  record: TorrentRecord;
  /** There was a session when it began. */
  ready: boolean;
  seen: Seen;
  /** A progress card may be on the phone from before this actor began. */
  card: boolean;
  /** What was handed to the outbox last: what the phone shows soon. */
  offered: Told | null;
  /** What its alert card says, or will say soon; `null` while there is none. */
  alert: Alert | null;
  /** The notification that the chart waits for. */
  pending: NotificationId | null;
  /** Polls in a row that found it under none of its hashes. */
  misses: number;
  /** Since when it is known to be finished, in milliseconds since 1970: by the finish hook or by its state. */
  finishedSince: number | null;
  /** Found broken, together with many: no notification until it is seen to work. */
  quiet: boolean;
}

/**
 * What was seen of it last. A poll that shows nothing new changes it in place: a new snapshot for each of thousands with
 * each poll costs as much as all the rest of it, and a reader wants the newest.
 */
export interface Seen {
  observation: Observation | null;
  sight: Progress;
  /** In milliseconds since 1970. */
  at: number;
  completion: CompletionSettings;
}

/** What a poll has shown of it. */
export interface ObservedTorrent {
  observation: Observation;
  /** When the answer came, and when it was asked for; in milliseconds since 1970. */
  at: number;
  askedAt: number;
  completion: CompletionSettings;
}
