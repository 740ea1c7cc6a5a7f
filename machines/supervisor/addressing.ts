import type { ObservedTorrent, TorrentEvent } from '../torrent/setup.ts';
import type { Hash, Notification, Observation } from '../domain.ts';
import type { Match } from '../matcher/matching.ts';
import { find } from './registry.ts';
import type { Registry } from './registry.ts';

/** An event for one torrent. */
export interface AddressedEvent {
  key: Hash;
  event: TorrentEvent;
}

/** What one poll says to each torrent. IDs that changed are looked up under the new one. */
export function addressObservations(
  registry: Registry,
  {
    observations,
    renamed,
    missed,
    ...look
  }: { observations: readonly Observation[] } & Omit<ObservedTorrent, 'observation'> & Match,
): AddressedEvent[] {
  const { at, askedAt, completion } = look;
  const letterOn = (observation: Observation, askedAt: number) =>
    addressTo(registry, observation.hash, { type: 'torrent.observed', observation, at, askedAt, completion });
  const letters = [
    ...observations.flatMap((observation) => letterOn(observation, askedAt)),
    // The list was asked for before the last poll, nobody knows how long: it refutes no finish hook.
    ...renamed.flatMap(({ observation }) => letterOn(observation, -Infinity)),
  ];
  const missing = missed.flatMap((hash) => addressTo(registry, hash, { type: 'torrent.missed' }));
  return [...letters, ...missing];
}

/** What became of a notification, for the torrent that told it. */
export function addressSettlement(registry: Registry, notification: Notification): AddressedEvent[] {
  const { key } = notification;
  const shown = registry.records.get(key)?.told ?? null;
  return [{ key, event: { type: 'notification.settled', notification, shown } }];
}

/** An event for the torrent that bears this hash; nothing where none does. */
export function addressTo(registry: Registry, hash: Hash, event: TorrentEvent): AddressedEvent[] {
  const record = find(registry, hash);
  return record === undefined ? [] : [{ key: record.key, event }];
}
