import type { AnyActorRef } from 'xstate';
import type { TorrentEvent } from '../torrent/types.ts';
import type { Hash } from '../domain.ts';
import type { WatcherContext } from './types.ts';

/**
 * Events that are delivered at a time, so that hooks and probes are answered in between: two to three milliseconds of
 * work. A torrent that is new takes five times as long as one without news, one that ends ten times.
 */
const SLICE = { fresh: 10, known: 50, missed: 5 };

/**
 * Milliseconds between two slices. Thousands of torrents can end at the same time: half of the time is left to others,
 * since the event loop accepts one connection in each iteration.
 */
const PAUSE = { usual: 1, missed: 5 };

/** How many observations are delivered next. */
export const sliceOf = ({ looks }: WatcherContext): number =>
  looks.scope === 'some' ? SLICE.fresh : SLICE.known;

/** The same for torrents that qBittorrent does not list any more. */
export const MISSED_SLICE = SLICE.missed;

export const pauseBetweenSlices = ({ matched }: WatcherContext): number =>
  matched.missed.length > 0 ? PAUSE.missed : PAUSE.usual;

/** An event for one torrent. */
export interface AddressedEvent {
  torrent: AnyActorRef;
  event: TorrentEvent;
}

/** What the next slice of a poll is for each torrent; one that crashed gets nothing. */
export function addressSlice(context: WatcherContext): AddressedEvent[] {
  const { observations, matched, at, askedAt, completion } = context;
  const slice = sliceOf(context);
  return [
    ...observations.slice(0, slice).flatMap((observation) =>
      address(context, observation.hash, {
        type: 'torrent.observed',
        observation,
        at,
        askedAt,
        completion,
      }),
    ),
    ...matched.missed
      .slice(0, MISSED_SLICE)
      .flatMap((hash) => address(context, hash, { type: 'torrent.missed' })),
  ];
}

function address({ keys, findTorrent }: WatcherContext, hash: Hash, event: TorrentEvent): AddressedEvent[] {
  const key = keys.get(hash);
  const torrent = key === undefined ? undefined : findTorrent(key);
  return torrent === undefined ? [] : [{ torrent, event }];
}
