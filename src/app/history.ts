/** The history as `/history` answers it. */
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import { averageSpeed } from '../ntfy/fields.ts';
import type { HistoryPosition, HistoryQuery, History } from '../store/index.ts';

/** A torrent that completed or was removed. */
export interface HistoryStatus extends Pick<
  EndedTorrent,
  'key' | 'hash' | 'end' | 'name' | 'category' | 'size' | 'duration' | 'rule' | 'card' | 'reason'
> {
  /** When it finished, or was found to be removed; ISO 8601. */
  time: string;
  /** Bytes per second over the whole download; `null` if unknown. */
  speed: number | null;
}

/** Entries, the newest first, and where the older ones begin; `next` is `null` if there are none. */
export function historyOf({ find }: Pick<History, 'find'>, query: HistoryQuery) {
  const { entries, next } = find(query);
  return { entries: entries.map(describe), next: next === null ? null : nameOf(next) };
}

/** A position as the parameter `before`. */
export const nameOf = ({ at, hash, end }: HistoryPosition): string => `${at}-${hash}-${end}`;

function describe(entry: EndedTorrent): HistoryStatus {
  const { at, key, hash, end, name, category, size, duration, rule, card, reason } = entry;
  const speed = averageSpeed(entry);
  return {
    key,
    hash,
    name,
    category,
    end,
    time: new Date(at * 1000).toISOString(),
    size,
    duration,
    speed: speed === null ? null : Math.round(speed),
    rule,
    card,
    reason,
  };
}
