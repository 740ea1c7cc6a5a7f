import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import type { Hash, Observation } from '../../machines/domain.ts';
import { createBoundedMap } from '../util/bounded-map.ts';

/** A torrent that is no longer tracked: it is complete, or was removed from qBittorrent. */
export interface Finished {
  key: Hash;
  name: string | null;
  end: 'complete' | 'removed';
  /** Milliseconds since 1970. */
  at: number;
  /** Its state when its completion was sent; `null` without a completion. */
  torrent: Observation | null;
}

/** The torrents that finished last, newest first. */
export interface RecentlyFinished {
  /** Processes an event that the supervisor emitted. */
  event(this: void, event: SupervisorEmitted): void;
  list(): readonly Finished[];
}

/** Torrents in the list. */
const MAX_FINISHED = 20;

/** Torrents whose completion was sent and whose progress card is not deleted yet. */
const MAX_COMPLETED = 1000;

/** Collects the torrents that finished last, in memory, also while the page is closed. */
export function createRecentlyFinished(
  maxFinished = MAX_FINISHED,
  now: () => number = Date.now,
): RecentlyFinished {
  const finished: Finished[] = [];
  const completed = createBoundedMap<Hash, Observation>(MAX_COMPLETED);
  return {
    event(event) {
      if (event.type === 'notification.settled' && event.notification.kind === 'completion') {
        completed.set(event.notification.key, event.notification.torrent);
      }
      if (event.type !== 'torrent.finished') return;
      const { key, name, end } = event;
      finished.unshift({ key, name, end, at: now(), torrent: completed.get(key) ?? null });
      finished.length = Math.min(finished.length, maxFinished);
      completed.delete(key);
    },
    list: () => finished,
  };
}
