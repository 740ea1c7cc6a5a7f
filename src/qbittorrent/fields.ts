/**
 * The fields of a torrent that rules match, as qBittorrent 4.1 to 5.3 reports them: bounded, and without secrets. Thousands
 * of torrents have the same category, tags, tracker and folder, so equal values share one string in memory.
 */
import { NO_TAGS } from '../../machines/routing/fields.ts';
import { createBoundedMap } from '../util/bounded-map.ts';

/** Characters of a category or a path; the rest is cut off. */
const MAX_TEXT = 1000;
/** Characters of all tags of a torrent; the tags after them are dropped. */
const MAX_TAGS = 2000;
/** Characters of a tracker's URL; a longer one counts as none. */
const MAX_URL = 4000;
/** Different texts, and different lists of tags, that are shared. */
const MAX_SHARED = 1000;

const texts = createBoundedMap<string, string>(MAX_SHARED);
const lists = createBoundedMap<string, readonly string[]>(MAX_SHARED);

/** The category; '' for none. */
export const categoryOf = (text: string | null): string | null =>
  text === null ? null : share(text.slice(0, MAX_TEXT));

/**
 * The save path. It is the folder of the finished files, also while they are downloaded to another one
 * (`download_path`). Versions before 4.4 report it with a slash at its end.
 */
export function pathOf(text: string | null): string | null {
  if (text === null || text === '') return null;
  const path = text.slice(0, MAX_TEXT);
  return share(path.length > 1 && /[/\\]$/.test(path) ? path.slice(0, -1) : path);
}

/** The tags, which are joined by `, ` and contain no comma. Their order depends on the version. */
export function tagsOf(text: string | null): readonly string[] {
  if (text === null || text === '') return NO_TAGS;
  const known = lists.get(text);
  if (known !== undefined) return known;
  // The last tag of a text that is too long may be cut.
  const whole = text.length <= MAX_TAGS ? text : text.slice(0, text.lastIndexOf(',', MAX_TAGS) + 1);
  const tags = whole
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const list = tags.length === 0 ? NO_TAGS : Object.freeze(tags.map(share).toSorted());
  if (text.length <= MAX_TAGS) lists.set(text, list);
  return list;
}

const AUTHORITY = /^[a-z][a-z\d+.-]*:\/\/([^/?#\\]*)/i;
const PORT = /:\d*$/;
const HOST = /^(?:[\p{L}\p{M}\p{N}._-]{1,253}|\[[\da-f:.]{2,45}\])$/u;

/**
 * The host of a tracker's URL. Everything else is dropped: user, path and query can contain the user's passkey. `null`
 * where no host is recognized, since that text could be a part of it.
 */
export function trackerOf(url: string | null): string | null {
  if (url === null || url === '' || url.length > MAX_URL) return null;
  const authority = AUTHORITY.exec(url)?.[1] ?? '';
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(PORT, '')
    .toLowerCase();
  return HOST.test(host) ? share(host) : null;
}

/** The shared copy of a text. A part of a longer text would keep that in memory: the shared one is a copy. */
function share(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  const copy = Buffer.from(text).toString();
  texts.set(copy, copy);
  return copy;
}
