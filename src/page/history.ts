import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import type { History } from '../store/index.ts';

/** The torrent that ended last, since the process started. */
export type LastEnded = Pick<EndedTorrent, 'key' | 'name' | 'end'>;

/** The newest entries of the history, for the live page. */
export interface RecentHistory {
  /** Processes an event that the supervisor emitted. */
  event(this: void, event: SupervisorEmitted): void;
  list(): readonly EndedTorrent[];
  last(): LastEnded | null;
}

/** Torrents in the list. */
const MAX_SHOWN = 20;

/** The list is read again only after a torrent has ended, and only for an open page. */
export function createRecentHistory({ find }: Pick<History, 'find'>, maxShown = MAX_SHOWN): RecentHistory {
  let entries: readonly EndedTorrent[] | null = null;
  let last: LastEnded | null = null;
  return {
    event(event) {
      if (event.type !== 'torrent.finished') return;
      const { key, name, end } = event;
      last = { key, name, end };
      entries = null;
    },
    list: () => (entries ??= find({ search: '', limit: maxShown, before: null }).entries),
    last: () => last,
  };
}
