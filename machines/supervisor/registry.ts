import type { Hash, Notification, Observation, Outcome, TorrentRecord } from '../domain.ts';
import type { Match } from '../matcher/matching.ts';

/**
 * The records of all tracked torrents, found by any hash they were tracked or seen under. Changed in place: with
 * thousands of torrents a copy a change would be quadratic.
 */
export interface Registry {
  records: Map<Hash, TorrentRecord>;
  /** From a hash to the key of its record; holds only hashes that are no keys themselves. */
  aliases: Map<Hash, Hash>;
}

export function createRegistry(records: readonly TorrentRecord[] = []): Registry {
  const registry: Registry = { records: new Map(), aliases: new Map() };
  for (const record of records) put(registry, record);
  return registry;
}

/** A record of a torrent that nothing is known of yet. */
export function createRecord(hash: Hash, since: number, quiet = false): TorrentRecord {
  return {
    key: hash,
    hash,
    told: null,
    highest: 0,
    card: false,
    since,
    stage: 'following',
    alert: null,
    sounded: {},
    again: null,
    finished: null,
    finishHookAt: null,
    quiet,
  };
}

export function find({ records, aliases }: Registry, hash: Hash): TorrentRecord | undefined {
  return records.get(hash) ?? records.get(aliases.get(hash) ?? '');
}

/** The ID that a torrent is listed under, by a hash it is known by. */
export const idOf = (registry: Registry, hash: Hash): Hash => find(registry, hash)?.hash ?? hash;

/** The record of a torrent, by whichever of its hashes it is known. */
export function findAny(registry: Registry, { hash, v1, v2 }: Observation): TorrentRecord | undefined {
  return find(registry, hash) ?? find(registry, v1 ?? '') ?? find(registry, v2 ?? '');
}

/** Adds a record, or replaces the one with its key. */
export function put({ records, aliases }: Registry, record: TorrentRecord): void {
  records.set(record.key, record);
  if (record.hash !== record.key) aliases.set(record.hash, record.key);
}

export function drop({ records, aliases }: Registry, key: Hash): TorrentRecord | undefined {
  const record = records.get(key);
  records.delete(key);
  if (record !== undefined && aliases.get(record.hash) === key) aliases.delete(record.hash);
  return record;
}

/** Notes what is about to be told: a completion is kept until ntfy has it. */
export function recordRequest(registry: Registry, notification: Notification): TorrentRecord | null {
  const record = registry.records.get(notification.key);
  if (record === undefined) return null;
  const changed = beforePublish(record, notification);
  if (changed !== null) put(registry, changed);
  return changed;
}

/** Notes what became of it, and when, in milliseconds since 1970. */
export function recordSettlement(
  registry: Registry,
  notification: Notification,
  outcome: Outcome,
  now: number,
): TorrentRecord | null {
  const record = registry.records.get(notification.key);
  if (record === undefined || outcome === 'superseded') return null;
  const changed = afterSettlement(record, notification, outcome, now);
  if (changed !== null) put(registry, changed);
  return changed;
}

function beforePublish(record: TorrentRecord, notification: Notification): TorrentRecord | null {
  if (notification.kind === 'completion') {
    return { ...record, stage: 'completing', finished: notification.torrent };
  }
  if (notification.kind === 'progress') {
    const highest = Math.max(record.highest, notification.tell.percent);
    if (record.card && highest === record.highest) return null;
    return { ...record, card: true, highest, quiet: false };
  }
  // Noted before it is sent: should the answer be missed, its card is taken back all the same.
  if (notification.kind === 'alert') return { ...record, alert: notification.alert, quiet: false };
  if (notification.kind !== 'dismissal') return null;
  return { ...record, stage: record.stage === 'following' ? 'withdrawing' : 'dismissing' };
}

function afterSettlement(
  record: TorrentRecord,
  notification: Notification,
  outcome: Outcome,
  now: number,
): TorrentRecord | null {
  // Never dropped: ntfy has it.
  if (notification.kind === 'completion') return { ...record, stage: 'dismissing' };
  if (outcome === 'refused') return null;
  switch (notification.kind) {
    case 'progress':
      return { ...record, told: notification.tell };
    case 'clearance':
      return { ...record, alert: null };
    case 'dismissal':
      return { ...record, told: null, highest: 0, card: false, alert: null };
    case 'alert':
      if (notification.silent === true) return null;
      return { ...record, sounded: { ...record.sounded, [notification.alert]: now } };
    case 'incident':
    case 'relief':
      return null;
  }
}

/**
 * Notes a finish hook, also of a torrent that nothing else has named.
 *
 * @returns the changed record; `null` where its completion is under way already
 */
export function noteFinishHook(registry: Registry, hash: Hash, at: number): TorrentRecord | null {
  const record = find(registry, hash) ?? createRecord(hash, at);
  if (record.stage === 'completing' || record.stage === 'dismissing') return null;
  const finished = { ...record, finishHookAt: at };
  put(registry, finished);
  return finished;
}

/** Notes that a poll has refuted the finish hook; the changed record. */
export function forgetFinishHook(registry: Registry, key: Hash): TorrentRecord | null {
  const record = registry.records.get(key);
  if (record === undefined || record.finishHookAt === null) return null;
  const unfinished = { ...record, finishHookAt: null };
  put(registry, unfinished);
  return unfinished;
}

/** Takes the cards of a torrent away. */
export function cardDeleteOf({ key, card, alert }: TorrentRecord): Notification {
  return { kind: 'dismissal', key, shown: card, alerted: alert !== null };
}

/** What came of a new ID. */
export type Renaming =
  | { kind: 'same' }
  | { kind: 'renamed'; record: TorrentRecord }
  /**
   * Both IDs were tracked: they are one torrent, and `dropped` is followed no more. `again`: the other was about to end,
   * so it is followed again after that.
   */
  | { kind: 'merged'; dropped: TorrentRecord; again: TorrentRecord | null };

/** A torrent that is tracked as `from` is listed as `to`. */
export function rename(registry: Registry, from: Hash, to: Hash): Renaming {
  const record = find(registry, from);
  if (record === undefined || record.hash === to) return { kind: 'same' };
  const other = find(registry, to);
  if (other !== undefined && other !== record) {
    drop(registry, record.key);
    const again = other.stage === 'following' ? null : { ...other, again: to };
    if (again !== null) put(registry, again);
    return { kind: 'merged', dropped: record, again };
  }
  const renamed = { ...record, hash: to };
  drop(registry, record.key);
  put(registry, renamed);
  return { kind: 'renamed', record: renamed };
}

/**
 * A hook or a look shows a torrent that is followed. While its last words are told it was added again, and is followed
 * again after them; else it may be listed under this hash again.
 *
 * @returns the changed record and the ID it had before; `null` where nothing is new
 */
export function readd(registry: Registry, hash: Hash): { record: TorrentRecord; before: Hash } | null {
  const record = find(registry, hash);
  if (record === undefined) return null;
  const { stage, hash: before } = record;
  if (stage === 'following') {
    const renaming = rename(registry, before, hash);
    return renaming.kind === 'renamed' ? { record: renaming.record, before } : null;
  }
  const met = { ...record, again: hash };
  put(registry, met);
  return { record: met, before };
}

/** Followed torrents that a look shows under another ID than the one they were polled by. */
export function findRenamed(registry: Registry, found: readonly Observation[]): Match['renamed'] {
  return found.flatMap((observation) => {
    const record = findAny(registry, observation);
    return record?.stage === 'following' ? [{ from: record.hash, observation }] : [];
  });
}
