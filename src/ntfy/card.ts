import type { Hash, Notification, Observation, Phase, Told } from '../../machines/types.ts';
import { bar, duration, harmless, size } from './text.ts';

/** A publish as ntfy's JSON endpoint takes it, at the server's root (ntfy docs, "Publish as JSON"). */
export interface Card {
  topic: string;
  sequence_id: string;
  title: string;
  message: string;
  priority: number;
  tags: string[];
}

/** Where cards go and how their sequences are called. */
export interface Address {
  topic: string;
  /** Told apart from other sidecars on the same topic. */
  instance: string;
}

/** Drawn in the drawer only: neither sound nor vibration. */
const QUIET = 2;
/** Heard. */
const LOUD = 4;
const TITLE_BYTES = 200;
const NAME_BYTES = 600;

/** The progress card of a torrent: updated in place, then deleted. */
export const progressSequence = (instance: string, key: Hash): string => `${instance}-${key}`;
/** The completion has a card of its own: an update of a card that still shows is silent on Android. */
export const completionSequence = (instance: string, key: Hash): string => `${instance}-${key}-done`;

/** How a notification looks on the phone. */
export function renderCard(
  notification: Exclude<Notification, { kind: 'dismissal' }>,
  { topic, instance }: Address,
): Card {
  const { key, torrent } = notification;
  if (notification.kind === 'completion') {
    return {
      topic,
      sequence_id: completionSequence(instance, key),
      title: 'Download Complete',
      message: completion(key, torrent),
      priority: LOUD,
      tags: ['white_check_mark'],
    };
  }
  return {
    topic,
    sequence_id: progressSequence(instance, key),
    title: nameOf(key, torrent, TITLE_BYTES),
    message: progress(torrent, notification.tell),
    priority: QUIET,
    tags: ['arrow_down'],
  };
}

const WORDS: Partial<Record<Phase, string>> = {
  metadata: 'Fetching metadata',
  queued: 'Queued',
  stalled: 'Stalled: nobody sends',
  stopped: 'Stopped',
  checking: 'Checking files',
  moving: 'Moving files',
  failed: 'Error: see qBittorrent',
};

function progress({ speed, eta }: Observation, { percent, phase }: Told): string {
  const head = `${percent}% ${bar(percent)}`;
  const words = WORDS[phase];
  return words === undefined
    ? `${head}\nSpeed: ${size(speed)}/s\nETA: ${duration(eta)}`
    : `${head}\n${words}`;
}

function completion(key: Hash, torrent: Observation): string {
  const text = `${nameOf(key, torrent, NAME_BYTES)} has finished downloading.`;
  const { size: bytes, downloaded, duration: seconds } = torrent;
  if (bytes === 0) return text;
  // What was on the disk already took no time to download.
  if (downloaded === 0 || seconds === null) return `${text}\n${size(bytes)}`;
  const speed = Math.min(bytes, downloaded) / seconds;
  return `${text}\n${size(bytes)} in ${duration(seconds)}, ${size(speed)}/s on average`;
}

function nameOf(key: Hash, { name }: Observation, maxBytes: number): string {
  const text = name === null ? '' : harmless(name, maxBytes);
  return text === '' ? `Torrent ${key.slice(0, 8)}` : text;
}
