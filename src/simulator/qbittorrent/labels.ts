/** The categories and tags of one simulated qBittorrent: each has a list of its own, beside the torrents. */
import type { Torrent } from './torrent.ts';

export interface Labels {
  /** Sorted. */
  categories: () => string[];
  /** Sorted. */
  tags: () => string[];
  /** `false` if it exists already. */
  createCategory: (name: string) => boolean;
  /** Also for '', which is no category. */
  hasCategory: (name: string) => boolean;
  /** Creates tags that do not exist. */
  addTags: (torrent: Torrent, tags: readonly string[]) => void;
  /** An empty list removes all. */
  removeTags: (torrent: Torrent, tags: readonly string[]) => void;
  /** For an added torrent: creates its category and its tags; an invalid category is dropped. */
  register: (torrent: Torrent) => void;
}

/** Not with an empty part between slashes, and without backslashes. */
export const isValidCategory = (name: string): boolean => !/\\|\/\/|^\/|\/$/.test(name);

export function createLabels(): Labels {
  const categories = new Set<string>();
  const tags = new Set<string>();
  return {
    categories: () => [...categories].toSorted(),
    tags: () => [...tags].toSorted(),
    createCategory(name) {
      if (categories.has(name)) return false;
      categories.add(name);
      return true;
    },
    hasCategory: (name) => name === '' || categories.has(name),
    addTags(torrent, added) {
      for (const tag of added) tags.add(tag);
      torrent.tags = [...new Set([...torrent.tags, ...added])].toSorted();
    },
    removeTags(torrent, removed) {
      torrent.tags = removed.length === 0 ? [] : torrent.tags.filter((tag) => !removed.includes(tag));
    },
    register(torrent) {
      if (!isValidCategory(torrent.category)) torrent.category = '';
      if (torrent.category !== '') categories.add(torrent.category);
      for (const tag of torrent.tags) tags.add(tag);
    },
  };
}
