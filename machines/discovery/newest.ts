import type { Hash, Observation } from '../domain.ts';

/** What is known of the torrents that were added last. */
export interface Newest {
  /** Torrents added from then on are new, unless they are in `known`: in seconds since 1970, by qBittorrent's clock. */
  from: number;
  /** Known torrents that were added from then on, and when: a torrent that is removed and added again has another date. */
  known: ReadonlyMap<Hash, number>;
}

/** Torrents that the first request asks for: more than most people add between two requests. */
export const FIRST_WINDOW = 50;
/** If they are too few, the next request asks for so many times more. */
const GROWTH = 4;
/** More than any qBittorrent has: a window this large is never too small. */
const MAX_WINDOW = FIRST_WINDOW * GROWTH ** 7;
/** Torrents that may have been added at about the same time as the newest known one: 225 a second were measured. */
const MAX_TOGETHER = FIRST_WINDOW * GROWTH ** 3;
/** Seconds within which torrents that are added together may appear in another order than that of their dates. */
const MAX_DELAY = 2;

export type Reading =
  /** The window may be too small: a larger one is requested. */
  { kind: 'more'; limit: number } | { kind: 'done'; newest: Newest; found: Observation[] };

/**
 * Reads a window of the newest torrents, the newest first. It is large enough when it reaches back to known torrents; the
 * first answer only records which ones these are.
 *
 * @param before the result of the last answer; `null` before the first
 * @param limit the number of torrents that were requested
 */
export function readNewest(before: Newest | null, window: readonly Observation[], limit: number): Reading {
  const oldest = window.at(-1);
  if (oldest === undefined)
    return { kind: 'done', found: [], newest: before ?? { from: 0, known: new Map() } };
  const last = window.reduce((most, { addedAt }) => Math.max(most, addedAt), 0);
  const from = before?.from ?? last - MAX_DELAY;
  const isOpen = window.length >= limit && oldest.addedAt >= from;
  const isKnown = before === null || before.known.get(oldest.hash) === oldest.addedAt;
  if (isOpen && limit < (isKnown ? MAX_TOGETHER : MAX_WINDOW)) return { kind: 'more', limit: limit * GROWTH };
  const isNew = ({ hash, addedAt }: Observation) => addedAt >= from && before?.known.get(hash) !== addedAt;
  const found = before === null ? [] : window.filter(isNew);
  // If nothing is new since the last answer, all torrents that were added together with the newest have appeared.
  const isSettled = isOpen || (before !== null && found.length === 0);
  const next = isSettled ? last + 1 : Math.max(last - MAX_DELAY, from);
  return { kind: 'done', found, newest: { from: next, known: knownSince(window, next) } };
}

function knownSince(window: readonly Observation[], from: number): Newest['known'] {
  const known = window.filter(({ addedAt }) => addedAt >= from);
  return new Map(known.map(({ hash, addedAt }) => [hash, addedAt]));
}
