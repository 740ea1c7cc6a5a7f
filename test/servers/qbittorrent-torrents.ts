/** The tests' calls about torrents, with the names of each generation. */
import type { QbittorrentGeneration } from './programs.ts';
import type { Api } from './qbittorrent-api.ts';

/** The calls about torrents. */
export interface TorrentCalls {
  /** Adds a .torrent; options are the form fields of `torrents/add` (`stopped` is also supported for legacy). */
  addTorrent(file: Uint8Array, options?: Record<string, string>): Promise<void>;
  /** Adds several .torrents in one call; options as for one. */
  addTorrents(files: readonly Uint8Array[], options?: Record<string, string>): Promise<void>;
  /** Adds magnet links, 100 a call. */
  addMagnets(magnets: readonly string[], options?: Record<string, string>): Promise<void>;
  /** The whole list of `torrents/info`. */
  list(): Promise<Array<Record<string, unknown>>>;
  /** One torrent of the list, or `null`. */
  find(hash: string): Promise<Record<string, unknown> | null>;
  /** Stops a torrent (4.x: pauses it). */
  stopTorrent(hash: string): Promise<void>;
  /** Starts a torrent (4.x: resumes it). */
  startTorrent(hash: string): Promise<void>;
  /** Removes a torrent; default with its files. */
  remove(hash: string, deleteFiles?: boolean): Promise<void>;
}

/** The calls on one server. */
export function createTorrentCalls(api: Api, generation: QbittorrentGeneration): TorrentCalls {
  const legacy = generation === 'legacy';
  const list = (form: Record<string, string> = {}) => readList(api, form);
  const addTorrents: TorrentCalls['addTorrents'] = async (files, options = {}) => {
    const form = toForm(options, legacy);
    for (const [n, file] of files.entries())
      form.append('torrents', new Blob([Uint8Array.from(file)]), `test-${n}.torrent`);
    await add(api, form);
  };
  return {
    addTorrent: (file, options) => addTorrents([file], options),
    addTorrents,
    async addMagnets(magnets, options = {}) {
      for (let from = 0; from < magnets.length; from += 100) {
        const form = toForm(options, legacy);
        form.append('urls', magnets.slice(from, from + 100).join('\n'));
        await add(api, form);
      }
    },
    list: () => list(),
    find: async (hash) => (await list({ hashes: hash }))[0] ?? null,
    stopTorrent: (hash) => command(api, legacy ? 'torrents/pause' : 'torrents/stop', { hashes: hash }),
    startTorrent: (hash) => command(api, legacy ? 'torrents/resume' : 'torrents/start', { hashes: hash }),
    remove: (hash, deleteFiles = true) =>
      command(api, 'torrents/delete', { hashes: hash, deleteFiles: String(deleteFiles) }),
  };
}

function toForm(options: Record<string, string>, legacy: boolean): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(options))
    form.append(legacy && key === 'stopped' ? 'paused' : key, value);
  return form;
}

/** A duplicate answers `Fails.` (up to 5.1) or 409: a bug of the test, so it throws. */
async function add(api: Api, form: FormData): Promise<void> {
  const answer = await api.call('torrents/add', form);
  const text = await answer.text();
  if (!answer.ok || text.startsWith('Fails'))
    throw new Error(`torrents/add was refused: ${answer.status} ${text}`);
}

async function command(api: Api, path: string, form: Record<string, string>): Promise<void> {
  const answer = await api.call(path, form);
  if (!answer.ok) throw new Error(`${path} was refused: ${answer.status} ${await answer.text()}`);
}

async function readList(api: Api, form: Record<string, string>): Promise<Array<Record<string, unknown>>> {
  const answer = await api.call('torrents/info', form);
  if (!answer.ok) throw new Error(`torrents/info was refused: ${answer.status}`);
  const list: unknown = await answer.json();
  if (!Array.isArray(list)) throw new Error('torrents/info is no list');
  return list;
}
