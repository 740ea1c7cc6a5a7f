import type { DigestMember } from '../digest/content.ts';
import type { Notification, Now } from '../domain.ts';
import type { RouteId } from '../routing/types.ts';

/** What may make a sound during quiet hours. */
export type Through = 'completions' | 'alerts' | 'incidents';

/** A time in which it is quiet, or in which it is not. */
export interface QuietPeriod {
  isQuiet: boolean;
  /** When it ends, in milliseconds since 1970. */
  until: number;
}

/** The configured quiet hours. `src/config/rules/quiet-hours.ts` computes them: it knows the time zone. */
export interface QuietHours {
  /** @param at milliseconds since 1970 */
  periodAt: (at: number) => QuietPeriod;
  through: ReadonlySet<Through>;
}

/** A member whose sound was made by a digest. */
export interface AnnouncedMember {
  kind: DigestMember['kind'];
  key: string;
  what: string;
  /** When ntfy accepted the digest, in milliseconds since 1970. */
  at: number;
}

/** The pending digest as it is stored. */
export interface StoredQuietDigest {
  id: number | null;
  /** The oldest first. */
  members: readonly DigestMember[];
  dropped: Readonly<Record<RouteId, number>>;
  announced: readonly AnnouncedMember[];
}

/** What the supervisor needs for quiet hours. */
export interface QuietHoursInput {
  /** Called for each notification: the rules can change. `null`: there are no quiet hours. */
  hours: () => QuietHours | null;
  /** Of an earlier process; `null` if none was pending. */
  stored?: StoredQuietDigest | null;
  /** Writes the pending digest to the disk before it returns; `null`: nothing is to be stored. */
  save: (stored: StoredQuietDigest | null) => void;
}

/** What the pending digest depends on. */
export interface QuietDigestOptions extends QuietHoursInput {
  now: Now;
  /** Whether ntfy has not accepted the completion of the torrent with this key yet. */
  isCompleting: (key: string) => boolean;
  /** The completions whose sound this digest was to make, and that it does not make any more. */
  takeUnheard: (notification: Notification) => readonly DigestMember[];
}
