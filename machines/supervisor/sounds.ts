import type { Concern, Failure, Notification, Now, Outcome } from '../domain.ts';
import type { Registry } from './registry.ts';

/**
 * When an incident last made a sound, in milliseconds since 1970, by what it is about and how it failed:
 * `qbittorrent.unreachable`. A torrent's record has the same of its alerts. Changed in place.
 */
export type IncidentSounds = Map<string, number>;
/** The same as it is kept. */
export type Sounds = Readonly<Record<string, number>>;

/** Milliseconds in which the same thing makes one sound: what comes and goes is heard once. */
const SOUND_INTERVAL = 60 * 60_000;

/** What makes a sound beside completions. */
type Sounding = Extract<Notification, { kind: 'alert' | 'incident' }>;

/** What was heard, and when it is. */
export interface SoundHistory {
  registry: Registry;
  incidentSounds: IncidentSounds;
  now: Now;
}

/** The notification as it leaves: silent when the same was heard lately. */
export function silenceRepeated(heard: SoundHistory, notification: Notification): Notification {
  if (notification.kind !== 'alert' && notification.kind !== 'incident') return notification;
  return isRecent(lastSound(heard, notification), heard.now())
    ? { ...notification, silent: true }
    : notification;
}

function lastSound({ registry, incidentSounds }: SoundHistory, notification: Sounding): number | undefined {
  return notification.kind === 'alert'
    ? registry.records.get(notification.key)?.sounded[notification.alert]
    : incidentSounds.get(nameOf(notification.key, notification.failure));
}

/** After the clock was set back it is silent for at most as long again. */
const isRecent = (at: number | undefined, now: number): boolean =>
  at !== undefined && Math.abs(now - at) < SOUND_INTERVAL;

/**
 * Notes that an incident made a sound: when ntfy has taken it, since what never arrived was not heard.
 *
 * @returns what is to be kept; `null` where nothing changed
 */
export function recordSound(
  { incidentSounds, now }: Pick<SoundHistory, 'incidentSounds' | 'now'>,
  { notification, outcome }: { notification: Notification; outcome: Outcome },
): { type: 'sounds.save'; sounds: Sounds } | null {
  if (notification.kind !== 'incident' || notification.silent === true || outcome !== 'accepted') return null;
  incidentSounds.set(nameOf(notification.key, notification.failure), now());
  return { type: 'sounds.save', sounds: Object.fromEntries(incidentSounds) };
}

/** A file that was repaired is another thing than a state that is not kept. */
const nameOf = (concern: Concern, { kind, reason }: Failure): string =>
  `${concern}.${reason === 'state-repaired' ? reason : kind}`;
