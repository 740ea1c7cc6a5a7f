/** `torrents/*`. */
import { describe } from './answer.ts';
import type { TorrentObject } from './answer.ts';
import type { Answer, Endpoint, Endpoints } from './dispatch.ts';
import { filesOf } from './files.ts';
import type { Generation } from './generations.ts';
import { labelEndpoints } from './label-endpoints.ts';
import type { Library } from './library.ts';
import { parseHashes, select } from './query.ts';
import { propertiesOf } from './properties.ts';
import type { TorrentSpec } from './torrent.ts';

type Params = Record<string, string>;

function parseTags(text: string, generation: Generation): string[] {
  const tags = text.split(',').map((tag) => (generation.trimsTags ? tag.trim() : tag));
  return tags.filter((tag) => tag !== '').toSorted();
}

/** Only magnets with a v1 hash are supported. They never get metadata; see `play`. */
function parseMagnet(url: string, form: Params, generation: Generation): TorrentSpec | null {
  const query = url.startsWith('magnet:?') ? new URLSearchParams(url.slice(8)) : null;
  const [, v1] = /^urn:btih:([0-9a-f]{40})$/i.exec(query?.get('xt') ?? '') ?? [];
  if (!query || v1 === undefined) return null;
  return {
    hash: v1,
    name: query.get('dn'),
    scenario: 'noMetadata',
    stopped: form[generation.stoppedWord] === 'true',
    category: form.category ?? '',
    tags: parseTags(form.tags ?? '', generation),
    ...(form.savepath ? { savePath: form.savepath.replace(/\/$/, '') } : {}),
  };
}

function add(form: Params, generation: Generation, library: Library): Answer {
  const urls = (form.urls ?? '').split('\n').filter((url) => url.trim() !== '');
  const specs = urls.map((url) => parseMagnet(url.trim(), form, generation));
  const added = specs.map((spec) => spec && library.add(spec)).filter((hash) => hash !== null);
  if (!generation.modernAnswers) return { body: added.length > 0 ? 'Ok.' : 'Fails.' };
  if (added.length === 0) return { status: 409, body: '' };
  return {
    body: {
      added_torrent_ids: added,
      failure_count: specs.length - added.length,
      pending_count: 0,
      success_count: added.length,
    },
  };
}

/** POST actions on `hashes`: an unknown hash is not an error, `all` means all torrents. */
function actions(generation: Generation, library: Library): Endpoints {
  const on = (act: (hash: string, params: Params) => void, ...needs: string[]): Endpoint => ({
    post: true,
    needs: ['hashes', ...needs],
    run: (params) => {
      const all = params.hashes === 'all';
      const hashes = all ? library.list().map(({ hash }) => hash) : parseHashes(params.hashes);
      for (const hash of hashes) act(hash, params);
      return { body: '' };
    },
  });
  return {
    [`torrents/${generation.stopAction}`]: on((hash) => library.setStopped(hash, true)),
    [`torrents/${generation.startAction}`]: on((hash) => library.setStopped(hash, false)),
    'torrents/delete': on((hash) => library.remove(hash), 'deleteFiles'),
    'torrents/recheck': on((hash) => library.recheck(hash)),
    'torrents/reannounce': on(() => {}),
    'torrents/setDownloadLimit': on((hash, { limit }) => library.setLimit(hash, Number(limit)), 'limit'),
  };
}

export function torrentEndpoints(generation: Generation, library: Library): Endpoints {
  const about = (describeIt: (object: TorrentObject) => unknown): Endpoint => ({
    needs: ['hash'],
    run: ({ hash = '' }) => {
      const torrent = library.list().find((torrent) => torrent.hash === hash.toLowerCase());
      return torrent ? { body: describeIt(describe(torrent, generation)) } : { status: 404, body: '' };
    },
  });
  return {
    'torrents/info': {
      run: (params) => {
        const found = select(library.list(), params, generation);
        return found ? { body: found } : { status: 400, body: "'sort' parameter is invalid" };
      },
    },
    'torrents/properties': about(propertiesOf),
    'torrents/files': about(filesOf),
    ...(generation.counts
      ? { 'torrents/count': { run: () => ({ body: String(library.list().length) }) } }
      : {}),
    'torrents/add': { post: true, run: (form) => add(form, generation, library) },
    ...actions(generation, library),
    ...labelEndpoints(generation, library),
  };
}
