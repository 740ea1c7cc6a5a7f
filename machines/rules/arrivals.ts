import type { Hash, Observation, Phase } from '../types.ts';
import { isToldBefore } from './ended.ts';
import type { Ended } from './ended.ts';
import { findAny } from './registry.ts';
import type { Registry } from './registry.ts';

/** A torrent that is to be followed. */
export interface Arrival {
  hash: Hash;
  /** As it was found; `null` where its record is to begin again. */
  torrent: Observation | null;
  /** As in its record. */
  quiet: boolean;
}

/** Phases of a torrent that receives data, or would. */
const DOWNLOADS: ReadonlySet<Phase> = new Set(['downloading', 'stalled']);

/**
 * Whether a torrent that a scan shows has still to be finished. One that was finished once keeps the date while it is
 * checked, moved or broken, and also while it downloads again what a check found damaged.
 */
export function isUnfinished({ phase, progress, finishedAt }: Observation): boolean {
  if (finishedAt === null) return phase !== 'complete';
  return DOWNLOADS.has(phase) && progress < 1;
}

/** A seeding torrent whose files are missing is no download. */
const isBrokenSeed = ({ phase, finishedAt }: Observation): boolean =>
  phase === 'failed' && finishedAt !== null;

/** Torrents that are found broken and told like any other; of more at once, none is. */
const MAX_BROKEN = 3;

/** What was found, as it arrives. A disk that is missing breaks hundreds: of so many there is neither alert nor card. */
export function arrivalsOf(registry: Registry, found: readonly Observation[]): Arrival[] {
  const isNewBroken = (torrent: Observation) =>
    torrent.phase === 'failed' && !isBrokenSeed(torrent) && findAny(registry, torrent) === undefined;
  const isQuiet = found.filter(isNewBroken).length > MAX_BROKEN;
  return found.map((torrent) => ({
    hash: torrent.hash,
    torrent,
    quiet: isQuiet && torrent.phase === 'failed',
  }));
}

/** The torrents that have a record, as they begin again. */
export const beginAgain = ({ records }: Registry): Arrival[] =>
  Array.from(records.keys(), (hash) => ({ hash, torrent: null, quiet: false }));

/** What arrives: what is to be followed, and hashes of followed torrents that were added again. */
export function sortArrivals(registry: Registry, ended: Ended, arrivals: readonly Arrival[]) {
  const hashes: Hash[] = [];
  const quiet = new Set<Hash>();
  const met: Hash[] = [];
  for (const { hash, torrent, quiet: isQuiet } of arrivals) {
    if (torrent !== null && (isToldBefore(ended, torrent) || isBrokenSeed(torrent))) continue;
    const record = torrent === null ? undefined : findAny(registry, torrent);
    if (record === undefined) hashes.push(hash);
    // One that is followed is followed on; only while its last words are told it may have been added again.
    else if (record.stage !== 'following' && torrent?.phase !== 'complete') met.push(hash);
    if (isQuiet) quiet.add(hash);
  }
  return { hashes, quiet, met };
}
