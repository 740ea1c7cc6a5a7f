import type { AnyActorRef } from 'xstate';
import type { TorrentEvent } from '../torrent/types.ts';
import type { Hash } from '../domain.ts';
import type { WatcherContext } from './types.ts';

/**
 * Events per slice, so that hooks and probes are answered in between: one to two milliseconds of work. A new torrent
 * takes ten times as long as one without changes, one that ends twenty times.
 */
export const EVENTS_PER_SLICE = { fresh: 4, known: 50 };

/** The same for torrents that qBittorrent does not list any more. */
export const MISSED_PER_SLICE = 5;

/**
 * Milliseconds between two slices. Thousands of torrents can end at the same time: half of the time is left to others,
 * since the event loop accepts one connection in each iteration.
 */
export const SLICE_PAUSE = { usual: 1, missed: 5 };

/** How many observations are delivered next. */
export const observationsPerSlice = ({ pollSet }: WatcherContext): number =>
  pollSet.scope === 'some' ? EVENTS_PER_SLICE.fresh : EVENTS_PER_SLICE.known;

export const pauseBetweenSlices = ({ matched }: WatcherContext): number =>
  matched.missed.length > 0 ? SLICE_PAUSE.missed : SLICE_PAUSE.usual;

/** An event for one torrent. */
export interface AddressedEvent {
  torrent: AnyActorRef;
  event: TorrentEvent;
}

/** The next slice of events; a torrent that crashed gets none. */
export function addressSlice(context: WatcherContext): AddressedEvent[] {
  const { observations, delivered, matched, at, askedAt, completion, complete } = context;
  const slice = observationsPerSlice(context);
  return [
    ...observations.slice(delivered, delivered + slice).flatMap((observation) =>
      address(context, observation.hash, {
        type: 'torrent.observed',
        observation,
        at,
        askedAt,
        completion,
        complete,
      }),
    ),
    ...matched.missed
      .slice(0, MISSED_PER_SLICE)
      .flatMap((hash) => address(context, hash, { type: 'torrent.missed' })),
  ];
}

function address({ keys, findTorrent }: WatcherContext, hash: Hash, event: TorrentEvent): AddressedEvent[] {
  const key = keys.get(hash);
  const torrent = key === undefined ? undefined : findTorrent(key);
  return torrent === undefined ? [] : [{ torrent, event }];
}
