/** What the history keeps of a torrent that ended. */
import type { CompletionCard, Hash, Observation, TorrentRecord } from '../domain.ts';
import type { End } from '../torrent/types.ts';

/**
 * Why nothing was sent: its rule sends no completion; its data existed before, as with a cross-seed; removals are not
 * announced.
 */
export type NothingSent = 'rule' | 'existing' | 'removal';

/** A torrent that completed or was removed. */
export interface EndedTorrent {
  /** The hash by which it was tracked first. */
  key: Hash;
  /** Its ID when it ended. */
  hash: Hash;
  /** When it finished, or was found to be removed, in seconds since 1970. */
  at: number;
  end: End;
  /** The last that was known of it, as in an observation. */
  name: string | null;
  category: string | null;
  size: number;
  downloaded: number;
  duration: number | null;
  /** The name of the rule that applied; `null` without one. */
  rule: string | null;
  /** The card that announced the end; `null` for none. */
  card: CompletionCard | null;
  /** Why there was none; `null` if there was one. */
  reason: NothingSent | null;
}

/**
 * The torrent of a record that is deleted because it ended; `null` if this is not the end of a download: its completion
 * was announced before, a finish hook has arrived since, after which it ends once more, or a hook named a torrent that
 * qBittorrent has never shown.
 *
 * @param last the last observation; `null` if there was none since the process started
 * @param now milliseconds since 1970
 */
export function endedOf(
  record: TorrentRecord,
  { end, last, now }: { end: End; last: Observation | null; now: number },
): EndedTorrent | null {
  const { key, hash, finished, rule } = record;
  const torrent = finished ?? last;
  if (end === 'complete' && isDropped(record)) return null;
  if (end === 'removed' && (record.finishHookAt !== null || !wasSeen(record, torrent))) return null;
  const seconds = Math.floor(now / 1000);
  const finishedAt = end === 'complete' ? (torrent?.finishedAt ?? seconds) : seconds;
  return {
    key,
    hash: torrent?.hash ?? hash,
    // The clock of qBittorrent's machine may be ahead.
    at: Math.min(finishedAt, seconds),
    end,
    name: torrent?.name ?? record.ifRemoved?.name ?? null,
    category: torrent?.category ?? null,
    size: torrent?.size ?? 0,
    downloaded: torrent?.downloaded ?? 0,
    duration: torrent?.duration ?? null,
    rule,
    ...sentOf(record, end),
  };
}

/** The supervisor did not send its completion. */
const isDropped = ({ stage, finished }: TorrentRecord): boolean => stage === 'completed' && finished === null;

/** In this process or an earlier one: anyone who can call the hook can name hashes that never existed. */
const wasSeen = ({ card, received, ifRemoved }: TorrentRecord, torrent: Observation | null): boolean =>
  torrent !== null || card || received || ifRemoved !== null;

function sentOf(
  { stage, completionCard, excluded, ifRemoved }: TorrentRecord,
  end: End,
): Pick<EndedTorrent, 'card' | 'reason'> {
  if (end === 'removed')
    return ifRemoved === null ? { card: null, reason: 'removal' } : { card: 'own', reason: null };
  if (stage !== 'completed') return { card: null, reason: 'existing' };
  // A file of an older version names no card.
  if (completionCard !== null || !excluded) return { card: completionCard ?? 'own', reason: null };
  return { card: null, reason: 'rule' };
}
