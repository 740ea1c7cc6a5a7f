/** Which torrents `torrents/info` answers, and in which order. */
import type { TorrentObject } from './answer.ts';
import type { Generation } from './generations.ts';

type Params = Record<string, string>;

const words = (text: string) => new Set(text.split(' '));
const uploading = words('uploading stalledUP checkingUP queuedUP forcedUP');
const downloading = words(
  'downloading metaDL forcedMetaDL stalledDL checkingDL pausedDL stoppedDL queuedDL forcedDL',
);
const active = words('downloading metaDL forcedMetaDL forcedDL uploading forcedUP moving');

/** By name, which states a filter lets through. */
function stateFilter(name: string, generation: Generation): ((state: string) => boolean) | null {
  const word = generation.stoppedWord;
  const isStopped = (state: string) => state.startsWith(word);
  const filters: Record<string, (state: string) => boolean> = {
    downloading: (state) => downloading.has(state),
    seeding: (state) => uploading.has(state),
    completed: (state) => uploading.has(state) || state === `${word}UP`,
    [word]: isStopped,
    [generation.runningFilter]: (state) => !isStopped(state),
    active: (state) => active.has(state),
    inactive: (state) => !active.has(state),
    stalled: (state) => state.startsWith('stalled'),
    stalled_uploading: (state) => state === 'stalledUP',
    stalled_downloading: (state) => state === 'stalledDL',
    checking: (state) => state.startsWith('checking'),
    moving: (state) => state === 'moving',
    errored: (state) => state === 'error' || state === 'missingFiles',
  };
  return filters[name] ?? null;
}

/** The IDs of a `|`-separated list, in lower case; empty parts don't count. */
export const parseHashes = (list: string | undefined): string[] =>
  (list ?? '')
    .toLowerCase()
    .split('|')
    .filter((part) => part !== '');

function compare(a: TorrentObject[string] | undefined, b: TorrentObject[string] | undefined): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return Number(a ?? 0) - Number(b ?? 0);
}

function page<T>(list: T[], limit: number, offset: number): T[] {
  const from = offset < 0 ? list.length + offset : offset;
  const start = from < 0 || from >= list.length ? 0 : from;
  return limit > 0 ? list.slice(start, start + limit) : list.slice(start);
}

const whole = (text: string | undefined) => Number.parseInt(text ?? '0', 10) || 0;

/** Filters, sorts and cuts. `null`: the sort key doesn't exist (400). */
export function select(
  objects: TorrentObject[],
  params: Params,
  generation: Generation,
): TorrentObject[] | null {
  const hashes = parseHashes(params.hashes);
  const filter = stateFilter(params.filter ?? 'all', generation);
  const found = objects.filter(
    (object) =>
      // An empty list is no filter at all: everything is answered.
      (hashes.length === 0 || hashes.includes(String(object.hash))) &&
      (filter === null || filter(String(object.state))) &&
      (params.category === undefined || object.category === params.category) &&
      (params.tag === undefined || String(object.tags).split(', ').includes(params.tag)),
  );
  const key = params.sort ?? '';
  if (key !== '' && found[0] && !(key in found[0])) return null;
  if (key !== '') found.sort((a, b) => compare(a[key], b[key]));
  if (params.reverse === 'true') found.reverse();
  return page(found, whole(params.limit), whole(params.offset));
}
