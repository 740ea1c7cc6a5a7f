import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import type { Hash, Observation } from '../../machines/domain.ts';
import { createBoundedMap } from '../util/bounded-map.ts';

/** A torrent that was followed to its end. */
export interface Finished {
  key: Hash;
  name: string | null;
  end: 'complete' | 'removed';
  /** Milliseconds since 1970. */
  at: number;
  /** As it was when it was complete; `null` where nobody saw it so. */
  torrent: Observation | null;
}

/** The last ends, newest first. */
export interface FinishedLately {
  /** Takes each event that the supervisor emits. */
  note(this: void, event: SupervisorEmitted): void;
  list(): readonly Finished[];
}

/** More than can be told and not yet closed. */
const MAX_SETTLED = 1000;

/** Remembers the last so many ends, in memory: a few additions a download, whether somebody looks or not. */
export function createFinishedLately(most = 20, now: () => number = Date.now): FinishedLately {
  const ends: Finished[] = [];
  /** Complete and told; their progress cards have yet to go. */
  const told = createBoundedMap<Hash, Observation>(MAX_SETTLED);
  return {
    note(event) {
      if (event.type === 'notification.settled' && event.notification.kind === 'completion') {
        told.set(event.notification.key, event.notification.torrent);
      }
      if (event.type !== 'torrent.finished') return;
      const { key, name, end } = event;
      ends.unshift({ key, name, end, at: now(), torrent: told.get(key) ?? null });
      ends.length = Math.min(ends.length, most);
      told.delete(key);
    },
    list: () => ends,
  };
}
