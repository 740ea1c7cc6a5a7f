import { isRecentSound } from '../recent-sound.ts';
import type { Concern, Failure, Notification, Now, Outcome } from '../domain.ts';

/**
 * When an incident last made a sound, in milliseconds since 1970, by what it is about and how it failed:
 * `qbittorrent.unreachable`. A torrent's record has the same of its alerts. Changed in place.
 */
export type IncidentSounds = Map<string, number>;
/** The same as it is kept. */
export type Sounds = Readonly<Record<string, number>>;

/** When each incident made a sound, and when it is now. */
export interface SoundHistory {
  incidentSounds: IncidentSounds;
  now: Now;
}

/** The notification as it is sent: silent when the same incident made a sound lately. */
export function silenceIncident<N extends Notification>(
  { incidentSounds, now }: SoundHistory,
  notification: N,
): N {
  if (notification.kind !== 'incident') return notification;
  const at = incidentSounds.get(nameOf(notification.key, notification.failure));
  return isRecentSound(at, now()) ? { ...notification, silent: true } : notification;
}

/**
 * Notes that an incident made a sound: when ntfy has taken it, since what never arrived was not heard.
 *
 * @returns what is to be kept; `null` where nothing changed
 */
export function recordSound(
  { incidentSounds, now }: SoundHistory,
  { notification, outcome }: { notification: Notification; outcome: Outcome },
): { type: 'sounds.save'; sounds: Sounds } | null {
  if (notification.kind !== 'incident' || notification.silent === true || outcome !== 'accepted') return null;
  incidentSounds.set(nameOf(notification.key, notification.failure), now());
  return { type: 'sounds.save', sounds: Object.fromEntries(incidentSounds) };
}

/** A file that was repaired is another thing than a state that is not kept. */
const nameOf = (concern: Concern, { kind, reason }: Failure): string =>
  `${concern}.${reason === 'state-repaired' ? reason : kind}`;
