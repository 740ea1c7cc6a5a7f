import type { Hash, Observation } from '../domain.ts';
import { wasAnnounced } from './recent-completions.ts';
import type { RecentCompletions } from './recent-completions.ts';
import { findAny } from './registry.ts';
import type { Registry } from './registry.ts';

/** A torrent that is to be followed. */
export interface PendingStart {
  hash: Hash;
  /** As it was found; `null` where its record is to begin again. */
  torrent: Observation | null;
  /** As in its record. */
  quiet: boolean;
}

/** A seeding torrent whose files are missing is no download. */
const isBrokenSeed = ({ phase, finishedAt }: Observation): boolean =>
  phase === 'failed' && finishedAt !== null;

/** Torrents that are found broken and told like any other; of more at once, none is. */
const MAX_BROKEN_ANNOUNCED = 3;

/** What was found, as it arrives. A disk that is missing breaks hundreds: of so many there is neither alert nor card. */
export function pendingStartsOf(registry: Registry, found: readonly Observation[]): PendingStart[] {
  const isNewBroken = (torrent: Observation) =>
    torrent.phase === 'failed' && !isBrokenSeed(torrent) && findAny(registry, torrent) === undefined;
  const isQuiet = found.filter(isNewBroken).length > MAX_BROKEN_ANNOUNCED;
  return found.map((torrent) => ({
    hash: torrent.hash,
    torrent,
    quiet: isQuiet && torrent.phase === 'failed',
  }));
}

/** The torrents that have a record, as they begin again. */
export const restartAll = ({ records }: Registry): PendingStart[] =>
  Array.from(records.keys(), (hash) => ({ hash, torrent: null, quiet: false }));

/** What arrives: what is to be followed, and hashes of followed torrents that were added again. */
export function sortPendingStarts(
  registry: Registry,
  ended: RecentCompletions,
  pendingStarts: readonly PendingStart[],
) {
  const hashes: Hash[] = [];
  const quiet = new Set<Hash>();
  const met: Hash[] = [];
  for (const { hash, torrent, quiet: isQuiet } of pendingStarts) {
    if (torrent !== null && (wasAnnounced(ended, torrent) || isBrokenSeed(torrent))) continue;
    const record = torrent === null ? undefined : findAny(registry, torrent);
    if (record === undefined) hashes.push(hash);
    // One that is followed is followed on; only while its last words are told it may have been added again.
    else if (record.stage !== 'following' && torrent?.phase !== 'complete') met.push(hash);
    if (isQuiet) quiet.add(hash);
  }
  return { hashes, quiet, met };
}
