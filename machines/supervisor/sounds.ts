import { isRecentSound } from '../recent-sound.ts';
import type { IncidentSource, Failure, Notification, Now, Outcome } from '../domain.ts';

/**
 * When each incident last made a sound, in milliseconds since 1970, by source and kind of failure:
 * `qbittorrent.unreachable`. A torrent's record contains the same for its alerts. Changed in place.
 */
export type IncidentSounds = Map<string, number>;
/** The same as stored. */
export type Sounds = Readonly<Record<string, number>>;

/** When each incident made a sound, and the current time. */
export interface SoundHistory {
  incidentSounds: IncidentSounds;
  now: Now;
}

/** The notification as it is sent: silent if the same incident made a sound recently. */
export function silenceIncident<N extends Notification>(
  { incidentSounds, now }: SoundHistory,
  notification: N,
): N {
  if (notification.kind !== 'incident') return notification;
  const at = incidentSounds.get(nameOf(notification.key, notification.failure));
  return isRecentSound(at, now()) ? { ...notification, silent: true } : notification;
}

/**
 * Records the sound of an incident that ntfy has accepted.
 *
 * @returns what is to be stored; `null` if nothing changed
 */
export function recordSound(
  { incidentSounds, now }: SoundHistory,
  { notification, outcome }: { notification: Notification; outcome: Outcome },
): { type: 'sounds.save'; sounds: Sounds } | null {
  if (notification.kind !== 'incident' || notification.silent === true || outcome !== 'accepted') return null;
  incidentSounds.set(nameOf(notification.key, notification.failure), now());
  return { type: 'sounds.save', sounds: Object.fromEntries(incidentSounds) };
}

/** A repaired file is another incident than a state that is only in memory. */
const nameOf = (source: IncidentSource, { kind, reason }: Failure): string =>
  `${source}.${reason === 'state-repaired' ? reason : kind}`;
