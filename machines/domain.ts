/** The types that all machines share: observations, notifications, records, failures. */
import type { DigestContent, DigestId } from './digest/content.ts';
import type { RemoteRecord, WithButtons } from './remote/types.ts';
import type { RouteId } from './routing/types.ts';
import type { SummaryContent } from './summary/types.ts';
import type { Removal, RemovalNotice } from './torrent/removal.ts';

/** A torrent ID as qBittorrent's WebAPI filters by it: 40 lower-case hex digits. */
export type Hash = string;

/**
 * What a torrent is doing, whatever qBittorrent's version calls it.
 * `complete` is a finished *state* (never `progress === 1`) with selected files; `unselected`: no file is selected, or
 * the selected ones are empty; `unknown`: nothing is decided.
 */
export type Phase =
  | 'metadata'
  | 'queued'
  | 'downloading'
  | 'stalled'
  | 'stopped'
  | 'unselected'
  | 'checking'
  | 'moving'
  | 'failed'
  | 'complete'
  | 'unknown';

/** One torrent as a poll returned it. Bytes, bytes per second and seconds are whole, non-negative numbers. */
export interface Observation {
  hash: Hash;
  /** The v1 info-hash, if qBittorrent reports it (4.4 and later). */
  v1: Hash | null;
  /** The v2 info-hash cut to 40 digits, when there is one. */
  v2: Hash | null;
  /** `null` while a magnet has no metadata: its name is its hash. */
  name: string | null;
  phase: Phase;
  /** 0 to 1, as qBittorrent reports it (not rounded); during a check, the progress of the check. */
  progress: number;
  /** Bytes of the selected files; 0 without metadata. */
  size: number;
  /** Bytes per second. */
  speed: number;
  /** Seconds; `null` when unknown. */
  eta: number | null;
  /** Payload bytes received over the torrent's life. */
  downloaded: number;
  /** Seconds spent downloading; `null` if qBittorrent does not report it. */
  duration: number | null;
  /** Uploaded over downloaded; `null` if unknown. */
  ratio: number | null;
  /** When it was added, in seconds since 1970; 0 if qBittorrent does not report it. */
  addedAt: number;
  /** When it was finished, in seconds since 1970; `null` before. A recheck keeps it. */
  finishedAt: number | null;
  /** Empty without a category, `null` if unknown. A subcategory contains its parents: `films/4k`. */
  category: string | null;
  /** Sorted. */
  tags: readonly string[];
  /** The host of the current tracker, in lower case; `null` without one. Its URL can contain a passkey. */
  tracker: string | null;
  /** The folder of the finished files, without a slash at its end; `null` if unknown. */
  path: string | null;
  /** `null` before the metadata, and with qBittorrent 4.x. */
  private: boolean | null;
}

/** The preferences of qBittorrent that decide when a finished state is final. */
export interface CompletionSettings {
  /** It rechecks completed torrents, after it has shown the finished state for a moment. */
  rechecks: boolean;
  /** Milliseconds after which all values of a torrent belong to the same moment. */
  settlesIn: number;
}

/** The defaults of qBittorrent. */
export const DEFAULT_COMPLETION: CompletionSettings = { rechecks: false, settlesIn: 5000 };

/** What a progress card shows: a whole percent (0 to 99), a phase, and the estimated time of arrival. */
export interface CardState {
  percent: number;
  phase: Phase;
  /** Missing if the card shows none, or an older version did not store it. */
  estimate?: Estimate;
}

/** The estimated time of arrival on a progress card. Times in milliseconds since 1970. */
export interface Estimate {
  /** `null` if qBittorrent reports none. */
  arrival: number | null;
  /** When it was observed. */
  at: number;
  /** Corrections since the last percent: each waits twice as long as the one before. */
  corrections: number;
}

/**
 * What is stored of a tracked torrent. A crashed actor and a restarted process resume from it, so no completion is
 * repeated or lost.
 */
export interface TorrentRecord {
  /** The hash that was tracked first. It is part of the sequence IDs of the torrent's cards, and never changes. */
  key: Hash;
  /** Its current ID: the ID of a hybrid torrent changes when its metadata arrives. */
  hash: Hash;
  /** What its progress card shows: the last state that ntfy accepted; `null` without a card. */
  shown: CardState | null;
  /** The highest percent that was sent, accepted or not: the progress of a card never decreases, also after a kill. */
  highest: number;
  /** Bytes were downloaded for it: qBittorrent can forget that, and a torrent without any had its data before. */
  received: boolean;
  /** Whether a progress card may be on the phone: stored before the first one is sent, since a kill can lose the reply. */
  card: boolean;
  /** Milliseconds since 1970. */
  since: number;
  stage: Stage;
  /** The alert that its alert card shows; `null` without one. */
  alert: Alert | null;
  /** When each kind of alert last made a sound, in milliseconds since 1970. */
  sounded: Partial<Record<Alert, number>>;
  /** It was added again while its last notifications are sent: the hash to track after them. */
  readdedAs: Hash | null;
  /** The last observation of a torrent that ends: the completion is rendered from it, and the history keeps it. */
  finished: Observation | null;
  /**
   * When qBittorrent's finish hook arrived, in milliseconds since 1970; `null` before, or after a later poll
   * showed the torrent unfinished.
   */
  finishHookAt: number | null;
  /** It was found in error, together with many others: no card and no alert until it works. */
  quiet: boolean;
  /** The topic of its progress card, and that of its alert. */
  cardRoute: RouteId;
  alertRoute: RouteId;
  /** Topics from which a card, or an alert, of it has still to be deleted: it moved, or a rule excludes it now. */
  oldCards: readonly RouteId[];
  oldAlerts: readonly RouteId[];
  /** Its card moves: it is published on its new topic whatever the torrent does, until ntfy has accepted it. */
  moving: boolean;
  /** Its addition was announced, on this topic; `done`: ntfy has accepted that. */
  added: { route: RouteId; done: boolean } | null;
  /** Its alert is on the default topic, because ntfy refuses its own: it stays there until it ends. */
  alertDiverted: boolean;
  /** Whether ntfy has accepted its alert. If not, a restarted process sends it. */
  alertShown: boolean;
  /** The notification of its removal, until ntfy has accepted it. */
  removal: Removal | null;
  /** How its removal is announced if it happens while the process does not run; `null`: it is not announced. */
  ifRemoved: RemovalNotice | null;
  /** Where its completion goes, by which rule, and whether none is sent: by the last observation. */
  route: RouteId;
  rule: string | null;
  excluded: boolean;
  /** The completion as it was rendered when it was stored; route and rule do not change from then on. */
  fixed: FixedMessage | null;
  /** The card of its completion, decided once; `null` before. */
  completionCard: CompletionCard | null;
  /** Its buttons, and whether it is muted; `null`: no card of it has had a button. */
  remote: RemoteRecord | null;
}

/** The card that shows a completion: `own`, or the ID of a digest. */
export type CompletionCard = DigestId;

/** A completion as it was rendered when it was stored: a rule that changes later does not change it. */
export interface FixedMessage {
  title: string;
  message: string;
  tags: string[];
  /** 1 to 5; 2 and less make no sound. */
  priority: number;
  click?: string;
  icon?: string;
}

/**
 * - `tracked`: it is polled
 * - `completing`: it is complete, and ntfy has not accepted its completion yet
 * - `completed`: its completion is accepted, its progress card is not deleted yet
 * - `removed`: it is gone from qBittorrent, its cards are not deleted yet
 */
export type Stage = 'tracked' | 'completing' | 'completed' | 'removed';

/** Alerts of a torrent: no data or no metadata for a long time, an error, repeated crashes of its actor. */
export type Alert = 'stalled' | 'metadata' | 'failed' | 'crashing';

/** Where a notification goes, and the rule that decided that. */
export interface Routed {
  /** Missing: the topic of `NTFY_TOPIC`. */
  route?: RouteId;
  /** The name of the rule; missing or `null` if none applies. */
  rule?: string | null;
  /** ntfy's priority; missing: that of the kind. */
  priority?: number;
  /** Quiet hours have removed its sound. */
  withoutSound?: true;
}

/** What can be sent to ntfy. `shown`: what an earlier process may have left on the phone. */
export type Notification = Routed & Content;

type Content =
  /** `at`: when it was observed, in milliseconds since 1970. */
  | ({
      kind: 'progress';
      key: Hash;
      torrent: Observation;
      at: number;
      card: CardState;
      shown: CardState | null;
    } & WithButtons)
  /** `fixed`: as it was rendered when it was stored. `digest`: the digest that shows it; missing: it has its own card. */
  | {
      kind: 'completion';
      key: Hash;
      torrent: Observation;
      at: number;
      fixed?: FixedMessage;
      digest?: DigestId;
    }
  /** It was added; `at`: when that was observed. */
  | { kind: 'added'; key: Hash; torrent: Observation; at: number }
  /** It was removed before its completion. */
  | { kind: 'removed'; key: Hash; name: string | null; percent: number; at: number }
  /**
   * Deletes the torrent's cards, except the completion. `moved`: only its progress card, which is elsewhere now. `left`:
   * no torrent waits for it, so it waits for its topic as long as it takes.
   */
  | { kind: 'card-delete'; key: Hash; shown: boolean; alerted: boolean; moved?: true; left?: true }
  /** `silent`: the same alert has made a sound within the last hour. `replaces`: the torrent has another one. */
  | ({
      kind: 'alert';
      key: Hash;
      name: string | null;
      percent: number;
      alert: Alert;
      silent?: boolean;
      replaces?: true;
    } & WithButtons)
  /** Deletes the alert's card. `moved`: the alert is on another topic now. */
  | { kind: 'alert-clear'; key: Hash; shown: Alert | null; moved?: true; left?: true }
  /** A problem that affects all torrents; its all-clear replaces its card. */
  | ({ kind: 'incident'; key: IncidentSource; failure: Failure; silent?: boolean } & WithButtons)
  | { kind: 'incident-resolved'; key: IncidentSource; shown: boolean }
  | SummaryContent
  | DigestContent;

/** Identifies a notification: unique within the process, assigned by the actor that requests one. */
export type NotificationId = string;

/** A notification with the ID that replies refer to. It may be copied: nothing depends on its identity. */
export type RequestedNotification<N extends Notification = Notification> = N & { id: NotificationId };

/** Creates the next ID. All actors of a system share one. */
export type NextId = () => NotificationId;

/** Where an incident comes from: a server, the disk, the rules file, or a topic of the rules that ntfy refuses. */
export type IncidentSource = 'qbittorrent' | 'store' | 'rules' | 'topic';

/**
 * The text of a message: complete; short ASCII; fixed, without anything that comes from a torrent or a server. The last
 * one is for a firewall that rejects a name, and for a name that our own code fails on.
 */
export type Form = 'full' | 'plain' | 'fixed';

/** How a notification ended: ntfy accepted it, a newer one replaced it, or it was dropped (progress and deletions only). */
export type Outcome = 'accepted' | 'superseded' | 'refused';

/** Why a call to a server failed. `message` is for people and holds no secret. */
export interface Failure {
  kind:
    | 'unreachable' // no answer: refused, reset, timed out, name not found
    | 'unauthorized' // credentials or session not accepted
    | 'banned' // qBittorrent bans this address
    | 'misdirected' // an answer from something else: redirect, Host check, wrong path
    | 'limited' // too many requests: a burst limit
    | 'exhausted' // too many requests: the day's quota
    | 'rejected' // the server rejects this request each time
    | 'broken' // 5xx
    | 'protocol' // the answer could not be understood
    | 'bug'; // our own code threw an exception
  message: string;
  /** The exact cause, where advice depends on it. Decide by this, never by `message`. */
  reason?: FailureReason;
  /** The answer to a message. */
  answer?: Answer;
}

/** An answer in numbers, none of which can contain a secret: the HTTP status, ntfy's own code, the request's bytes. */
export interface Answer {
  status: number;
  /** `null` where the answer is not ntfy's. */
  code: number | null;
  bytes: number;
}

/** A closed list: each needs another action by the user. */
export type FailureReason =
  | 'connection-refused' // nothing listens there
  | 'connection-closed' // cut before the answer was complete
  | 'timeout'
  | 'name-unknown'
  | 'name-lookup-failed' // the resolver does not answer
  | 'no-route'
  | 'certificate-untrusted' // its issuer is unknown
  | 'certificate-expired' // or not valid yet
  | 'certificate-name' // it is for another name
  | 'certificate-invalid'
  | 'tls-failed' // no certificate was received: perhaps the port does not use TLS
  | 'proxy-unreachable' // the configured HTTP proxy
  | 'proxy-unauthorized' // it requires a user and a password, or refuses them
  | 'proxy-refused' // it does not connect to the server
  | 'answer-too-large'
  | 'answer-encoded' // compressed in a way that can't be decompressed
  | 'not-http' // another protocol
  | 'host-header-refused' // by qBittorrent
  | 'proxy-login-refused' // by a proxy in front of qBittorrent, or by qBittorrent, to which the proxy passed it
  | 'not-qbittorrent'
  | 'not-ntfy'
  | 'state-repaired' // a file in STATE_DIR was damaged or missing, and was rebuilt
  | 'in-front'; // a proxy or firewall answered in place of the server

/** Used where a failure is required and none was recorded. */
export const NO_ANSWER: Failure = { kind: 'protocol', message: 'no answer' };

/** The requests to qBittorrent whose failure is reported. */
export type QbittorrentRequest = 'login' | 'poll' | 'list' | 'scan' | 'newest' | 'hook' | 'command';

/** A request to qBittorrent failed. `unauthorized` during any request but a login means that the session is lost. */
export interface QbittorrentFailed {
  type: 'qbittorrent.failed';
  failure: Failure;
  during: QbittorrentRequest;
  /** Of a login: the same credentials must not be sent again. */
  isFinal?: true;
}

/** What a boundary returns: data or a failure, never an exception. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** Milliseconds since 1970. Machines have no clock of their own: timers are XState's, the time of day is this. */
export type Now = () => number;
