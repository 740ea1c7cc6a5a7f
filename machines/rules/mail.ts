import type { Look, TorrentEvent } from '../torrent/setup.ts';
import type { Hash, Notification, Observation } from '../types.ts';
import type { Match } from './matching.ts';
import { find } from './registry.ts';
import type { Registry } from './registry.ts';

/** An event for one torrent. */
export interface Letter {
  key: Hash;
  event: TorrentEvent;
}

/** What one poll says to each torrent. IDs that changed are looked up under the new one. */
export function lettersFrom(
  registry: Registry,
  {
    observations,
    renamed,
    missed,
    ...look
  }: { observations: readonly Observation[] } & Omit<Look, 'observation'> & Match,
): Letter[] {
  const { at, askedAt, completion } = look;
  const letterOn = (observation: Observation, askedAt: number) =>
    letterTo(registry, observation.hash, { type: 'torrent.observed', observation, at, askedAt, completion });
  const letters = [
    ...observations.flatMap((observation) => letterOn(observation, askedAt)),
    // The list was asked for before the last poll, nobody knows how long: it refutes no finish hook.
    ...renamed.flatMap(({ observation }) => letterOn(observation, -Infinity)),
  ];
  const missing = missed.flatMap((hash) => letterTo(registry, hash, { type: 'torrent.missed' }));
  return [...letters, ...missing];
}

/** What became of a notification, for the torrent that told it. */
export function answerTo(registry: Registry, notification: Notification): Letter[] {
  const { key } = notification;
  const shown = registry.records.get(key)?.told ?? null;
  return [{ key, event: { type: 'outbox.told', notification, shown } }];
}

/** An event for the torrent that bears this hash; nothing where none does. */
export function letterTo(registry: Registry, hash: Hash, event: TorrentEvent): Letter[] {
  const record = find(registry, hash);
  return record === undefined ? [] : [{ key: record.key, event }];
}
