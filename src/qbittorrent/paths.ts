/** Paths of torrents and their files, which are compared as texts. */

/** Characters of a path, and no file system allows more; the rest is cut off. */
const MAX_PATH = 4096;

/** Where a torrent is stored. All paths are normalized. */
export interface Place {
  /** The folder of the finished files. */
  savePath: string;
  /** Its only file, or the folder that contains all of its files. */
  content: string;
  /** `content` was guessed from the save path. */
  isGuess: boolean;
}

/** What qBittorrent reports of a torrent. */
export interface ReportedPlace {
  name: string;
  save_path: string;
  content_path: string | null;
}

/**
 * The form in which paths are compared. Upper and lower case, Unicode's forms of the same letter, and both kinds of slash
 * are equal: on some file systems they are, and qBittorrent does not report which one it uses.
 */
export const normalize = (path: string): string =>
  path.slice(0, MAX_PATH).normalize('NFC').toLowerCase().replaceAll('\\', '/');

const isAbsolute = (path: string): boolean => /^(?:[a-z]:)?\//.test(path);

const join = (folder: string, name: string): string =>
  folder.endsWith('/') ? folder + name : `${folder}/${name}`;

/** Where a torrent is stored; `null` where it has no files yet. */
export function placeOf({ name, save_path, content_path }: ReportedPlace): Place | null {
  const savePath = normalize(save_path);
  if (content_path === null) return { savePath, content: join(savePath, normalize(name)), isGuess: true };
  const content = normalize(content_path);
  if (content === '') return null;
  // While 4.5 checks resume data, it reports a relative path.
  return isAbsolute(content)
    ? { savePath, content, isGuess: false }
    : { savePath, content: join(savePath, content), isGuess: true };
}

/** The paths of a torrent's files, whose normalized names are relative to a folder that qBittorrent does not report. */
export function filesAt({ savePath, content, isGuess }: Place, names: readonly string[]): string[] {
  const [first = ''] = names;
  const root = first.split('/', 1)[0] ?? '';
  const isInRoot = names.every((name) => name.startsWith(`${root}/`));
  // What `content` consists of below that folder: without a common root it is that folder.
  const below = names.length === 1 ? first : isInRoot ? root : '';
  let folder = savePath;
  if (!isGuess && below === '') folder = content;
  if (!isGuess && below !== '' && content.endsWith(`/${below}`)) folder = content.slice(0, -below.length);
  return names.map((name) => join(folder, name));
}

/** Some files. */
export interface FileSet {
  has(path: string): boolean;
  /** Whether it is one of the files, or a folder above one. */
  overlaps(path: string): boolean;
}

/** Sorted paths: folders need no entries, of which a torrent could cause many. */
export function createFileSet(paths: readonly string[]): FileSet {
  const sorted = paths.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const has = (path: string): boolean => firstFrom(sorted, path) === path;
  return {
    has,
    overlaps: (path) => has(path) || firstFrom(sorted, join(path, ''))?.startsWith(join(path, '')) === true,
  };
}

/** The first one that is not before a text, by binary search. */
function firstFrom(sorted: readonly string[], text: string): string | undefined {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? '') < text) from = middle + 1;
    else to = middle;
  }
  return sorted[from];
}
