import type { Alert } from '../domain.ts';
import type { RouteId } from '../routing/types.ts';

/** Identifies a digest of completions or alerts. Part of its sequence ID; at most 8 letters and digits, beginning with `d`. */
export type DigestId = string;

/** The notification: one card for many completions or alerts, or for what happened during quiet hours. */
export interface DigestContent {
  kind: 'digest';
  about: DigestSubject;
  /** A newer digest with the same key replaces the one that waits. */
  key: string;
  /** The topic of what it lists. The digest itself goes elsewhere while ntfy refuses that. */
  memberRoute: RouteId;
  /** Its sequence ID, without the instance name. */
  sequence: string;
  /** 2 for the update of a card that has made its sound. */
  priority: number;
  counts: Readonly<Record<DigestMember['kind'], number>>;
  /** Those that it names: problems first, then the newest completions. */
  lines: readonly DigestMember[];
  /** The order of its newest member, for the actor that sent it. */
  upTo: number;
  /** No alert of it holds any more: the all-clear. `shown`: an earlier process may have sent the digest. */
  resolved?: { shown: boolean };
}

/** What a digest lists: completions, alerts of one kind, or what happened during quiet hours. */
export type DigestSubject = 'completions' | Alert | 'quiet';

/** One line of a digest. */
export interface DigestMember {
  kind: 'completion' | 'alert' | 'incident';
  /** The key of the torrent, or the source of the incident. */
  key: string;
  /** The finish date of the download, the kind of the alert or the kind of the failure. */
  what: string;
  /** The name of the torrent, or the text of the failure; untrusted, and cut. */
  name: string | null;
  /** Bytes; 0 if unknown, or not for a completion. */
  size: number;
  /** Whole percent; 0 for an incident. */
  percent: number;
  route: RouteId;
  /** The priority that it would have on its own card. */
  priority: number;
}
