import type { Hash, Observation } from '../domain.ts';
import { wasAnnounced } from './recent-completions.ts';
import type { RecentCompletions } from './recent-completions.ts';
import { find, findAny } from './registry.ts';
import type { Registry } from './registry.ts';

/** A torrent that is to be started. */
export interface PendingStart {
  hash: Hash;
  /** As it was found; `null` if it resumes from its record. */
  torrent: Observation | null;
  /** As in its record. */
  quiet: boolean;
}

/** Torrents that are to be started, by hash, in order. Changed in place. */
export type PendingStarts = Map<Hash, PendingStart>;

/** Adds torrents. One that has a record is started in any case, also if it was found before. */
export function addPendingStarts(pending: PendingStarts, starts: readonly PendingStart[]): void {
  for (const start of starts)
    if (start.torrent === null || !pending.has(start.hash)) pending.set(start.hash, start);
}

/** The first ones. */
export function firstPendingStarts(pending: PendingStarts, count: number): PendingStart[] {
  const first: PendingStart[] = [];
  for (const start of pending.values()) {
    if (first.length === count) break;
    first.push(start);
  }
  return first;
}

/** Removes these. */
export function dropPendingStarts(pending: PendingStarts, starts: readonly PendingStart[]): void {
  for (const { hash } of starts) pending.delete(hash);
}

/** A seeding torrent whose files are missing is no download. */
const isBrokenSeed = ({ phase, finishedAt }: Observation): boolean =>
  phase === 'failed' && finishedAt !== null;

/** Up to so many torrents found in error cause notifications; if there are more at once, none does. */
const MAX_BROKEN_ANNOUNCED = 3;

/** The torrents that were found. A missing disk puts hundreds in error: they cause neither alert nor card. */
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

/** All torrents that have a record. */
export const restartAll = ({ records }: Registry): PendingStarts =>
  new Map(Array.from(records.keys(), (hash) => [hash, { hash, torrent: null, quiet: false }]));

/** Which pending torrents are to be tracked, and which tracked ones were added again. */
export function sortPendingStarts(
  registry: Registry,
  recentCompletions: RecentCompletions,
  pendingStarts: readonly PendingStart[],
) {
  const hashes: Hash[] = [];
  const quiet = new Set<Hash>();
  const readded: Hash[] = [];
  for (const { hash, torrent, quiet: isQuiet } of pendingStarts) {
    if (torrent !== null && (wasAnnounced(recentCompletions, torrent) || isBrokenSeed(torrent))) continue;
    // It ended, or was merged with another one, before it was started.
    if (torrent === null && find(registry, hash) === undefined) continue;
    const record = torrent === null ? undefined : findAny(registry, torrent);
    if (record === undefined) hashes.push(hash);
    // A tracked torrent stays tracked; only one whose last notifications are being sent may have been added again.
    else if (record.stage !== 'tracked' && torrent?.phase !== 'complete') readded.push(hash);
    if (isQuiet) quiet.add(hash);
  }
  return { hashes, quiet, met: readded };
}
