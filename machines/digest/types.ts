import type { DigestId, DigestMember } from './content.ts';
import type { Alert, CompletionCard, Notification, Now, RequestedNotification } from '../domain.ts';
import type { RouteId } from '../routing/types.ts';

export type Completion = Extract<Notification, { kind: 'completion' }>;
export type RequestedCompletion = RequestedNotification<Completion>;
export type AlertNotification = Extract<Notification, { kind: 'alert' }>;
export type RequestedAlert = RequestedNotification<AlertNotification>;

/** What shares a digest: the completions of one topic that make a sound, those that make none, one kind of alerts. */
export type GroupId = string;

/** A completion on a digest. */
export interface CollectedMember extends DigestMember {
  /** Increases with each member of the digest. */
  order: number;
  /** It makes no sound: quiet hours removed it, or the same alert made one lately. */
  silenced?: true;
  /** The rule of an alert. */
  rule?: string;
  /** The torrent has another alert with a card of its own, which is deleted if this one is on a digest. */
  replaces?: true;
}

/** A digest as it is stored, without its members. Times in milliseconds since 1970. */
export interface DigestState {
  id: DigestId;
  /** The kind of its alerts; missing for completions. */
  alert?: Alert;
  /** Alerts are collected: it is decided later whether they share a card. */
  isCollecting?: true;
  /** The topic of its members. */
  route: RouteId;
  /** Its members make no sound. */
  silent: boolean;
  /** The topic of its card: the default one if ntfy refused the other. */
  sentTo: RouteId;
  openedAt: number;
  /** When the newest member joined. */
  lastJoinedAt: number;
  /** The order of the newest member that ntfy has accepted; 0 before. */
  deliveredUpTo: number;
  /** The highest priority with which it made a sound; 0 before. */
  soundedWith: number;
  /** Whether further ones join it. */
  isOpen: boolean;
}

/** A stored digest with its members, the oldest first. */
export interface StoredDigest extends DigestState {
  members: readonly CollectedMember[];
}

/** What survives a restart. */
export interface StoredDigests {
  /** The oldest first. */
  digests: readonly StoredDigest[];
  /** When the last completions of each group were announced, in milliseconds since 1970. */
  recent: Readonly<Record<GroupId, readonly number[]>>;
}

/** A change to be stored; those of one run of the process, and the records that are saved in it, in one transaction. */
export type DigestChange =
  | { type: 'digest.save'; digest: DigestState }
  | { type: 'digest.delete'; id: DigestId; orders: readonly number[] }
  | { type: 'member.save'; id: DigestId; member: CollectedMember }
  | { type: 'member.delete'; id: DigestId; order: number }
  | { type: 'recent.save'; recent: Readonly<Record<GroupId, readonly number[]>> };

/** How notifications are grouped, and how digests are sent. */
export interface DigestSettings {
  /** From how many completions within a minute, or alerts within ten seconds, on they share a digest; `null`: never. */
  digestFrom: (route: RouteId) => number | null;
  /** Whether the notifications of a rule may be on a digest. */
  isGrouped: (rule: string | null) => boolean;
  /** Milliseconds between two updates of a digest; `null`: a card cannot be updated, so each message is a new digest. */
  updateInterval: (route: RouteId) => number | null;
}

/** What the digests depend on. */
export interface DigestsOptions extends DigestSettings {
  now: Now;
  /** Writes a change to the disk before anything can be sent because of it. */
  write?: ((change: DigestChange) => void) | undefined;
  stored?: StoredDigests | undefined;
}

/** The poll that showed a completion. */
export interface Batch {
  /** How many torrents are complete in it. */
  size: number;
  /** When its answer arrived, in milliseconds since 1970. */
  at: number;
}

/** Decides which card shows a completion, as the torrents use it. */
export interface CompletionCards {
  /** Adds the completion to a digest, if it belongs on one. To be stored together with the record. */
  assign: (completion: Completion, batch: Batch) => CompletionCard;
}
