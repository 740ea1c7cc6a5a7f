import type { Hash, Observation, TorrentRecord } from '../domain.ts';
import type { Match } from '../matcher/matching.ts';
import { isTracked } from '../torrent/record.ts';
import type { EndedTorrent } from './ended.ts';
import type { RecentCompletion } from './recent-completions.ts';
import type { RecordEvent } from './types.ts';

/**
 * The stored records of all tracked torrents, and the index from any hash of a torrent to its key. A torrent owns its
 * record: it alone changes it, by `save`; the supervisor does so only while a torrent has no actor. Changed in place: with
 * thousands of torrents a copy per change would be quadratic.
 */
export interface Registry {
  records: Map<Hash, TorrentRecord>;
  /** From a hash to the key of its record; holds only hashes that are no keys themselves. */
  aliases: Map<Hash, Hash>;
  /** Writes a change through to the disk, before it returns. */
  write: (event: RecordEvent) => void;
  /** Learns of each change; `undefined`: the record is deleted. */
  onChange: (key: Hash, record: TorrentRecord | undefined) => void;
}

export function createRegistry(
  records: readonly TorrentRecord[] = [],
  write: Registry['write'] = () => {},
  onChange: Registry['onChange'] = () => {},
): Registry {
  const registry: Registry = { records: new Map(), aliases: new Map(), write, onChange };
  for (const record of records) put(registry, record);
  return registry;
}

export function find({ records, aliases }: Registry, hash: Hash): TorrentRecord | undefined {
  return records.get(hash) ?? records.get(aliases.get(hash) ?? '');
}

/** The ID under which a torrent is listed, by any of its tracked hashes. */
export const idOf = (registry: Registry, hash: Hash): Hash => find(registry, hash)?.hash ?? hash;

/** The record of a torrent, by any of its hashes. */
export function findAny(registry: Registry, { hash, v1, v2 }: Observation): TorrentRecord | undefined {
  return find(registry, hash) ?? find(registry, v1 ?? '') ?? find(registry, v2 ?? '');
}

/** Stores a record, or replaces the one with its key. */
export function save(registry: Registry, record: TorrentRecord): void {
  put(registry, record);
  registry.write({ type: 'record.save', record });
}

/** Why a record is deleted: the completion that was sent, and the entry of the history; `null` for none. */
interface Ending {
  completed: RecentCompletion | null;
  ended: EndedTorrent | null;
}

const NO_ENDING: Ending = { completed: null, ended: null };

/** Deletes a record. */
export function drop(
  registry: Registry,
  key: Hash,
  { completed, ended } = NO_ENDING,
): TorrentRecord | undefined {
  const record = registry.records.get(key);
  registry.records.delete(key);
  if (record !== undefined) deleteAlias(registry, record);
  registry.onChange(key, undefined);
  registry.write({
    type: 'record.delete',
    key,
    ...(completed === null ? {} : { completed }),
    ...(ended === null ? {} : { ended }),
  });
  return record;
}

function put(registry: Registry, record: TorrentRecord): void {
  const before = registry.records.get(record.key);
  if (before !== undefined && before.hash !== record.hash) deleteAlias(registry, before);
  registry.records.set(record.key, record);
  if (record.hash !== record.key) registry.aliases.set(record.hash, record.key);
  registry.onChange(record.key, record);
}

function deleteAlias({ aliases }: Registry, { key, hash }: TorrentRecord): void {
  if (aliases.get(hash) === key) aliases.delete(hash);
}

/** What a new ID means. */
export type Renaming =
  | { kind: 'same' }
  | { kind: 'renamed'; record: TorrentRecord }
  /** Both IDs are tracked: they are one torrent, tracked by `record` from now on. */
  | { kind: 'merged'; dropped: TorrentRecord; record: TorrentRecord };

/** What it means that a torrent that is tracked as `from` is listed as `to`. Changes nothing. */
export function renamingOf(registry: Registry, from: Hash, to: Hash): Renaming {
  const record = find(registry, from);
  if (record === undefined || record.hash === to) return { kind: 'same' };
  const other = find(registry, to);
  if (other !== undefined && other !== record) return { kind: 'merged', dropped: record, record: other };
  return { kind: 'renamed', record };
}

/** Tracked torrents that a scan shows under another ID than the one they were polled by. */
export function findRenamed(registry: Registry, found: readonly Observation[]): Match['renamed'] {
  return found.flatMap((observation) => {
    const record = findAny(registry, observation);
    return record !== undefined && isTracked(record) ? [{ from: record.hash, observation }] : [];
  });
}
