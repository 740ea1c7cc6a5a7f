/** The selection and order of torrents in `torrents/info`. */
import { describe, stateOf } from './answer.ts';
import type { TorrentObject } from './answer.ts';
import type { Generation } from './generations.ts';
import type { Torrent } from './torrent.ts';

type Params = Record<string, string>;

const words = (text: string) => new Set(text.split(' '));
const uploading = words('uploading stalledUP checkingUP queuedUP forcedUP');
const downloading = words(
  'downloading metaDL forcedMetaDL stalledDL checkingDL pausedDL stoppedDL queuedDL forcedDL',
);
const active = words('downloading metaDL forcedMetaDL forcedDL uploading forcedUP moving');

type Filter = (state: string, speed: number) => boolean;

/** The filter of this name; `null`, which selects all, for an unknown name. */
function findFilter(name: string, generation: Generation): Filter | null {
  const word = generation.stoppedWord;
  const isStopped: Filter = (state) => state.startsWith(word);
  const isActive: Filter = (state, speed) =>
    generation.activeBySpeed ? state === 'moving' || speed > 0 : active.has(state);
  const filters: Record<string, Filter> = {
    downloading: (state) => downloading.has(state),
    seeding: (state) => uploading.has(state),
    completed: (state) => uploading.has(state) || state === `${word}UP`,
    [word]: isStopped,
    [generation.runningFilter]: (state, speed) => !isStopped(state, speed),
    active: isActive,
    inactive: (state, speed) => !isActive(state, speed),
    stalled: (state) => state.startsWith('stalled'),
    stalled_uploading: (state) => state === 'stalledUP',
    stalled_downloading: (state) => state === 'stalledDL',
    checking: (state) => state.startsWith('checking'),
    moving: (state) => state === 'moving',
    errored: (state) => state === 'error' || state === 'missingFiles',
  };
  const isKnown = Object.hasOwn(filters, name) && !generation.unknownFilters.includes(name);
  return isKnown ? (filters[name] ?? null) : null;
}

/** The IDs of a `|`-separated list, in lower case; empty parts are ignored. */
export const parseHashes = (list: string | undefined): string[] =>
  (list ?? '')
    .toLowerCase()
    .split('|')
    .filter((part) => part !== '');

function compare(a: TorrentObject[string] | undefined, b: TorrentObject[string] | undefined): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return Number(a ?? 0) - Number(b ?? 0);
}

function page<T>(list: T[], limit: number, offset: number, emptyPastEnd: boolean): T[] {
  const from = offset < 0 ? list.length + offset : offset;
  if (from >= list.length && emptyPastEnd) return [];
  const start = from < 0 || from >= list.length ? 0 : from;
  return limit > 0 ? list.slice(start, start + limit) : list.slice(start);
}

const whole = (text: string | undefined) => Number.parseInt(text ?? '0', 10) || 0;

/** Filters, sorts and limits. `null`: the sort key does not exist (400; not detected in an empty list). */
export function select(torrents: Torrent[], params: Params, generation: Generation): TorrentObject[] | null {
  // An empty list is no filter: all torrents are returned.
  const hashes = new Set(parseHashes(params.hashes));
  const filter = findFilter(params.filter ?? 'all', generation);
  const found = torrents
    .filter(
      (torrent) =>
        (hashes.size === 0 || hashes.has(torrent.hash)) &&
        (filter === null || filter(stateOf(torrent, generation), torrent.speed)) &&
        (params.category === undefined || torrent.category === params.category) &&
        (params.tag === undefined ||
          (params.tag === '' ? torrent.tags.length === 0 : torrent.tags.includes(params.tag))),
    )
    // The real server has no defined order: clients must not rely on the order of adding.
    .toSorted((a, b) => (a.hash < b.hash ? 1 : -1))
    .map((torrent) => describe(torrent, generation));
  const key = params.sort ?? '';
  if (key !== '' && found[0] && !Object.hasOwn(found[0], key)) return null;
  if (key !== '') found.sort((a, b) => compare(a[key], b[key]));
  if (params.reverse === 'true') found.reverse();
  return page(found, whole(params.limit), whole(params.offset), generation.emptyPastEnd);
}
