/** The language of the domain: what was seen of a torrent, what is told of it, how a call can fail. */

/** A torrent ID as qBittorrent's WebAPI filters by it: 40 lower-case hex digits. */
export type Hash = string;

/**
 * What a torrent is doing, whatever qBittorrent's version calls it.
 * `complete` is a finished *state* (never `progress === 1`); `unknown` means: decide nothing now.
 */
export type Phase =
  | 'metadata'
  | 'queued'
  | 'downloading'
  | 'stalled'
  | 'stopped'
  | 'checking'
  | 'moving'
  | 'failed'
  | 'complete'
  | 'unknown';

/** One torrent as one poll saw it. Bytes, bytes per second and seconds are whole, non-negative numbers. */
export interface Observation {
  hash: Hash;
  /** The v1 info-hash, when qBittorrent tells it (4.4 and later): a hybrid's ID can change to its v2 hash. */
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
  /** Seconds spent downloading, as far as qBittorrent tells; `null` when it does not. */
  duration: number | null;
}

/** Why a call to a server failed. `message` is for people and holds no secret. */
export interface Failure {
  kind:
    | 'unreachable' // no answer: refused, reset, timed out, name not found
    | 'unauthorized' // credentials or session not accepted
    | 'banned' // qBittorrent bans this address
    | 'misdirected' // something answers, but not what was asked for: redirect, Host check, wrong port
    | 'limited' // too many requests: a burst limit
    | 'exhausted' // too many requests: the day's quota
    | 'rejected' // the server will never take this request
    | 'broken' // 5xx
    | 'protocol'; // the answer could not be understood
  message: string;
}

/** What a boundary returns: data or a failure, never an exception. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };
