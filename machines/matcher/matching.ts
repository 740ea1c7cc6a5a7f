import type { Hash, Observation } from '../domain.ts';

/** The result for the hashes that a poll did not find. */
export interface Match {
  /** Listed under another ID, or tracked by another of the torrent's hashes. */
  renamed: Array<{ from: Hash; observation: Observation }>;
  /** Not in qBittorrent's list, by any hash. */
  missed: Hash[];
}

/**
 * Finds `hashes` in the whole list by every hash a torrent has. A hybrid that a v1 magnet added is listed under its
 * v1 hash until the metadata is there, then under its v2 hash, and `hashes=` accepts only the current ID.
 */
export function match(hashes: readonly Hash[], list: readonly Observation[]): Match {
  const byHash = new Map<Hash, Observation>();
  for (const observation of list) {
    for (const hash of [observation.v2, observation.v1]) if (hash !== null) byHash.set(hash, observation);
  }
  // A torrent with this hash as its ID takes precedence over one that only shares it.
  for (const observation of list) byHash.set(observation.hash, observation);
  const found: Match = { renamed: [], missed: [] };
  for (const hash of hashes) {
    const observation = byHash.get(hash);
    if (observation === undefined) found.missed.push(hash);
    else found.renamed.push({ from: hash, observation });
  }
  return found;
}
