import type { Hash, Observation } from '../domain.ts';

/** What the discovery knows of the torrents that were added last. */
export interface Newest {
  /** What was added from then on is new, unless it is known: in seconds since 1970, by qBittorrent's clock. */
  from: number;
  /** Those known that were added from then on, and when: removed and added again, a torrent has another date. */
  known: ReadonlyMap<Hash, number>;
}

/** Torrents that are asked for at first: more than most people add between two looks. */
export const WINDOW = 50;
/** So many more are asked for where that is not enough. */
const GROWTH = 4;
/** More than any qBittorrent has: a window this large is never too small. */
const MAX_WINDOW = WINDOW * GROWTH ** 7;
/** Torrents that may have been added at about the same time as the newest known one: 225 a second were measured. */
const MAX_TOGETHER = WINDOW * GROWTH ** 3;
/** Seconds within which torrents that are added together may appear in another order than that of their dates. */
const LATE = 2;

export type Reading =
  /** The window may hide some: the look has to go on with a larger one. */
  { kind: 'more'; limit: number } | { kind: 'done'; newest: Newest; found: Observation[] };

/**
 * Reads a window of the newest torrents, the newest first. It is large enough when it reaches to what was there before;
 * the first look of all only says what that is.
 *
 * @param before what the last look has left; `null` before the first
 * @param limit the most that the window could hold
 */
export function readNewest(before: Newest | null, window: readonly Observation[], limit: number): Reading {
  const oldest = window.at(-1);
  if (oldest === undefined)
    return { kind: 'done', found: [], newest: before ?? { from: 0, known: new Map() } };
  const last = window.reduce((most, { addedAt }) => Math.max(most, addedAt), 0);
  const from = before?.from ?? last - LATE;
  const isOpen = window.length >= limit && oldest.addedAt >= from;
  const isKnown = before === null || before.known.get(oldest.hash) === oldest.addedAt;
  if (isOpen && limit < (isKnown ? MAX_TOGETHER : MAX_WINDOW)) return { kind: 'more', limit: limit * GROWTH };
  const isNew = ({ hash, addedAt }: Observation) => addedAt >= from && before?.known.get(hash) !== addedAt;
  const found = before === null ? [] : window.filter(isNew);
  // Where nothing came since the last look, whatever was added together with the newest has appeared.
  const isSettled = isOpen || (before !== null && found.length === 0);
  const next = isSettled ? last + 1 : Math.max(last - LATE, from);
  return { kind: 'done', found, newest: { from: next, known: knownSince(window, next) } };
}

function knownSince(window: readonly Observation[], from: number): Newest['known'] {
  const known = window.filter(({ addedAt }) => addedAt >= from);
  return new Map(known.map(({ hash, addedAt }) => [hash, addedAt]));
}
