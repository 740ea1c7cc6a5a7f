/** `torrents/*` for categories and tags. */
import type { Answer, Endpoint, Endpoints } from './dispatch.ts';
import type { Generation } from './generations.ts';
import { isValidCategory } from './labels.ts';
import type { Library } from './library.ts';
import { parseHashes } from './query.ts';
import type { Torrent } from './torrent.ts';

type Params = Record<string, string>;

/** Trimmed in all versions, unlike those of `torrents/add`. */
const parseTags = (text = ''): string[] =>
  text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');

function createCategory({ category = '' }: Params, { labels }: Library): Answer {
  if (category === '') return { status: 400, body: 'Category cannot be empty' };
  if (!isValidCategory(category)) return { status: 409, body: 'Incorrect category name' };
  return labels.createCategory(category) ? { body: '' } : { status: 409, body: 'Unable to create category' };
}

function torrentsIn({ hashes }: Params, library: Library): Torrent[] {
  const wanted = new Set(parseHashes(hashes));
  return library.list().filter(({ hash }) => hashes === 'all' || wanted.has(hash));
}

function setCategory(params: Params, library: Library): Answer {
  const { category = '' } = params;
  const torrents = torrentsIn(params, library);
  const isKnown = library.labels.hasCategory(category);
  if (torrents.length > 0 && !isKnown) return { status: 409, body: 'Incorrect category name' };
  for (const torrent of torrents) torrent.category = category;
  return { body: '' };
}

function categories({ labels }: Library): Record<string, { name: string; savePath: string }> {
  return Object.fromEntries(labels.categories().map((name) => [name, { name, savePath: '' }]));
}

function tagEndpoints(library: Library): Endpoints {
  const { labels } = library;
  const change = (act: (torrent: Torrent, tags: string[]) => void, ...needs: string[]): Endpoint => ({
    post: true,
    needs: ['hashes', ...needs],
    run: (params) => {
      for (const torrent of torrentsIn(params, library)) act(torrent, parseTags(params.tags));
      return { body: '' };
    },
  });
  return {
    'torrents/tags': { run: () => ({ body: labels.tags() }) },
    'torrents/addTags': change(labels.addTags, 'tags'),
    'torrents/removeTags': change(labels.removeTags),
  };
}

export function labelEndpoints(generation: Generation, library: Library): Endpoints {
  return {
    'torrents/categories': { run: () => ({ body: categories(library) }) },
    'torrents/createCategory': {
      post: true,
      needs: ['category'],
      run: (params) => createCategory(params, library),
    },
    'torrents/setCategory': {
      post: true,
      needs: ['hashes', 'category'],
      run: (params) => setCategory(params, library),
    },
    // Since 4.2.
    ...(generation.fields === 4.1 ? {} : tagEndpoints(library)),
  };
}
