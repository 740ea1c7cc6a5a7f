/** The language of the domain: what was seen of a torrent, what is told of it, how a call can fail. */

/** A torrent ID as qBittorrent's WebAPI filters by it: 40 lower-case hex digits. */
export type Hash = string;

/**
 * What a torrent is doing, whatever qBittorrent's version calls it.
 * `complete` is a finished *state* (never `progress === 1`) of something that was wanted; `unselected`: no file of it
 * is wanted, or none has a byte; `unknown` means: decide nothing now.
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

/** One torrent as one poll saw it. Bytes, bytes per second and seconds are whole, non-negative numbers. */
export interface Observation {
  hash: Hash;
  /** The v1 info-hash, where qBittorrent tells it (4.4 and later). */
  v1: Hash | null;
  /** The v2 info-hash cut to 40 digits, when there is one. */
  v2: Hash | null;
  /** `null` while a magnet has no name but its hash. */
  name: string | null;
  phase: Phase;
  /** 0 to 1, as qBittorrent said it (not rounded). While checking it is the check's. */
  progress: number;
  /** Wanted bytes; 0 without metadata. */
  size: number;
  /** Bytes per second. */
  speed: number;
  /** Seconds; `null` when unknown. */
  eta: number | null;
  /** Payload bytes received over the torrent's life. */
  downloaded: number;
  /** Seconds spent downloading; `null` where qBittorrent does not tell. */
  duration: number | null;
  /** Uploaded over downloaded; `null` while it says nothing. */
  ratio: number | null;
  /** When it was added, in seconds since 1970; 0 where qBittorrent does not tell. */
  addedAt: number;
  /** When it was finished, in seconds since 1970; `null` while it never was. A torrent that is checked again keeps it. */
  finishedAt: number | null;
}

/** How qBittorrent comes to a finished state, by its preferences. */
export interface CompletionSettings {
  /** It checks again what it has downloaded, after it showed the finished state for a moment. */
  rechecks: boolean;
  /** Milliseconds within which all that it says of a torrent is as of the same moment. */
  settlesIn: number;
}

/** What qBittorrent does unless it was set otherwise. */
export const DEFAULT_COMPLETION: CompletionSettings = { rechecks: false, settlesIn: 5000 };

/** What a progress card says that is worth an update: a whole percent (0 to 99), a phase, and when it will be there. */
export interface Told {
  percent: number;
  phase: Phase;
  /** Missing where the card shows none, or an older version did not keep it. */
  estimate?: Estimate;
}

/** The time of arrival on a progress card. Times in milliseconds since 1970. */
export interface Estimate {
  /** `null` while qBittorrent knows none. */
  arrival: number | null;
  /** When it was seen. */
  at: number;
  /** Estimates that were corrected since the last percent: each waits twice as long as the one before. */
  corrections: number;
}

/**
 * What is kept of a torrent while it is followed: the only way back to life.
 * A crashed actor and a restarted process begin again from it, so nobody is told twice and nobody is forgotten.
 */
export interface TorrentRecord {
  /** The hash that was tracked first. It names the torrent's cards for life. */
  key: Hash;
  /** The ID it has now: a hybrid's changes when its metadata arrives. */
  hash: Hash;
  /** What its progress card shows, as far as ntfy has said; `null` while it has none. */
  told: Told | null;
  /** The highest percent that was sent of it, taken or not: no card goes backwards, also over a kill. */
  highest: number;
  /** Whether a progress card may be on the phone: noted before the first is sent, for a kill may keep its answer. */
  card: boolean;
  /** Milliseconds since 1970. */
  since: number;
  stage: Stage;
  /** What its alert card says; `null` while it has none. */
  alert: Alert | null;
  /** When each kind of alert last made a sound, in milliseconds since 1970. */
  sounded: Partial<Record<Alert, number>>;
  /** Added again while its last words are told: the hash to follow after them. */
  again: Hash | null;
  /** As it was when it was found complete: what the completion says until ntfy has it. */
  finished: Observation | null;
  /**
   * When qBittorrent's finish hook came, in milliseconds since 1970; `null` while it did not, or after a later poll
   * showed the torrent unfinished.
   */
  finishHookAt: number | null;
  /** Found broken, together with many: no card and no alert until it is seen to work. */
  quiet: boolean;
}

/**
 * How far a torrent has come: followed; complete, and ntfy has yet to take it; told, and its progress card has yet to
 * go; gone from qBittorrent, and its card has yet to go.
 */
export type Stage = 'following' | 'completing' | 'dismissing' | 'withdrawing';

/** What is said aloud of a torrent that does not get on: for long without data, without metadata, in an error, crashing us. */
export type Alert = 'stalled' | 'metadata' | 'failed' | 'crashing';

/** What can leave for ntfy. `shown` is what an earlier life of the process may have left on the phone. */
export type Notification =
  /** `at`: when it was seen so, in milliseconds since 1970. */
  | { kind: 'progress'; key: Hash; torrent: Observation; at: number; tell: Told; told: Told | null }
  | { kind: 'completion'; key: Hash; torrent: Observation; at: number }
  /** Takes the torrent's cards away, but for the completion's. */
  | { kind: 'dismissal'; key: Hash; shown: boolean; alerted: boolean }
  /** `silent`: the same was heard within the hour. */
  | { kind: 'alert'; key: Hash; name: string | null; percent: number; alert: Alert; silent?: boolean }
  /** Takes the alert's card away. */
  | { kind: 'clearance'; key: Hash; shown: Alert | null }
  /** Something that concerns all torrents; its all-clear takes the place of its card. */
  | { kind: 'incident'; key: Concern; failure: Failure; silent?: boolean }
  | { kind: 'relief'; key: Concern; shown: boolean };

/** Tells notifications apart: unique within the process, assigned by the actor that requests one. */
export type NotificationId = string;

/** A notification with the ID that replies refer to. It may be copied: nothing depends on its identity. */
export type RequestedNotification<N extends Notification = Notification> = N & { id: NotificationId };

/** Creates the next ID. All actors of a system share one. */
export type NextId = () => NotificationId;

/** What an incident is about. */
export type Concern = 'qbittorrent' | 'store';

/**
 * How much a message says: all; the same in short ASCII text; fixed text, with nothing in it that comes from a torrent
 * or a server. The last one is for a firewall that rejects a name, and for a name that our own code fails on.
 */
export type Form = 'full' | 'plain' | 'fixed';

/** How a notification ended: ntfy has it, a newer one took its place, or it was dropped (progress and deletions only). */
export type Outcome = 'accepted' | 'superseded' | 'refused';

/** Why a call to a server failed. `message` is for people and holds no secret. */
export interface Failure {
  kind:
    | 'unreachable' // no answer: refused, reset, timed out, name not found
    | 'unauthorized' // credentials or session not accepted
    | 'banned' // qBittorrent bans this address
    | 'misdirected' // something answers, but not what was asked for: redirect, Host check, wrong path
    | 'limited' // too many requests: a burst limit
    | 'exhausted' // too many requests: the day's quota
    | 'rejected' // the server will never take this request
    | 'broken' // 5xx
    | 'protocol' // the answer could not be understood
    | 'bug'; // our own code threw an exception
  message: string;
  /** The exact cause, where advice depends on it. Decide by this, never by `message`. */
  reason?: FailureReason;
  /** What was answered to a message. */
  answer?: Answer;
}

/** An answer in numbers, none of which can contain a secret: the HTTP status, ntfy's own code, the request's bytes. */
export interface Answer {
  status: number;
  /** `null` where the answer is not ntfy's. */
  code: number | null;
  bytes: number;
}

/** A closed list: what a person has to do differs from one to the next. */
export type FailureReason =
  | 'connection-refused' // nothing listens there
  | 'connection-closed' // cut before the answer was complete
  | 'timeout'
  | 'name-unknown'
  | 'name-lookup-failed' // the resolver does not answer
  | 'no-route'
  | 'certificate-untrusted' // its issuer is not known here
  | 'certificate-expired' // or not valid yet
  | 'certificate-name' // it is for another name
  | 'certificate-invalid'
  | 'tls-failed' // no certificate was seen: perhaps no TLS is spoken there
  | 'proxy-unreachable' // the proxy on the way out
  | 'proxy-unauthorized' // it wants a user and a password, or others
  | 'proxy-refused' // it does not connect to the server
  | 'answer-too-large'
  | 'answer-encoded' // compressed in a way that can't be decompressed
  | 'not-http' // another protocol is spoken there
  | 'host-header-refused' // by qBittorrent
  | 'proxy-login-refused' // by something in front of qBittorrent, or by qBittorrent, which was handed it
  | 'not-qbittorrent'
  | 'not-ntfy'
  | 'state-repaired' // a file in STATE_DIR was damaged or gone, and was written anew
  | 'in-front'; // a proxy or firewall answered in place of the server

/** Stands where a failure is expected and none was noted. */
export const NO_ANSWER: Failure = { kind: 'protocol', message: 'no answer' };

/** The requests to qBittorrent whose failure is reported. */
export type QbittorrentRequest = 'login' | 'poll' | 'list' | 'scan' | 'newest' | 'hook';

/** A request to qBittorrent failed. `unauthorized` during any request but a login means that the session is lost. */
export interface QbittorrentFailed {
  type: 'qbittorrent.failed';
  failure: Failure;
  during: QbittorrentRequest;
}

/** What a boundary returns: data or a failure, never an exception. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** Milliseconds since 1970. Machines have no clock of their own: timers are XState's, the time of day is this. */
export type Now = () => number;
