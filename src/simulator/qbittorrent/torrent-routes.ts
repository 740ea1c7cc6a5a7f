/** `torrents/*`. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Env } from '../wire.ts';
import { describe } from './answer.ts';
import type { Generation, QbittorrentGeneration } from './generations.ts';
import type { Library } from './library.ts';
import { parseHashes, select } from './query.ts';
import type { TorrentSpec } from './torrent.ts';

/** GET takes the query, POST the form: never both, as in the real one. */
const params = (c: Context<Env>) => (c.req.method === 'GET' ? c.var.call.query : c.var.call.form);

function parseMagnet(url: string, form: Record<string, string>): TorrentSpec | null {
  const query = url.startsWith('magnet:?') ? new URLSearchParams(url.slice(8)) : null;
  const [, v1] = /^urn:btih:([0-9a-f]{40})$/i.exec(query?.get('xt') ?? '') ?? [];
  if (!query || v1 === undefined) return null;
  return {
    hash: v1,
    name: query.get('dn'),
    fate: 'dead',
    stopped: (form.stopped ?? form.paused) === 'true',
    category: form.category ?? '',
    tags: (form.tags ?? '').split(',').filter((tag) => tag !== ''),
  };
}

function add(c: Context<Env>, generation: Generation, library: Library): Response {
  const { form } = c.var.call;
  const urls = (form.urls ?? '').split('\n').filter((url) => url.trim() !== '');
  const specs = urls.map((url) => parseMagnet(url.trim(), form));
  const added = specs.map((spec) => spec && library.add(spec)).filter((hash) => hash !== null);
  if (!generation.modernAnswers) return c.text(added.length > 0 ? 'Ok.' : 'Fails.');
  const body = {
    added_torrent_ids: added,
    failure_count: specs.length - added.length,
    pending_count: 0,
    success_count: added.length,
  };
  return c.json(body, added.length > 0 ? 200 : 409);
}

/** POST actions on `hashes`; an unknown hash is no error, `all` is everything. */
function actions(generation: Generation, library: Library): Hono<Env> {
  const on = (path: string, act: (hash: string) => void, needs: string[] = []) =>
    app.post(path, (c) => {
      const { form } = c.var.call;
      if ([...needs, 'hashes'].some((key) => form[key] === undefined)) return c.text('Bad Request', 400);
      const all = form.hashes === 'all';
      const hashes = all ? library.list().map(({ hash }) => hash) : parseHashes(form.hashes);
      hashes.forEach(act);
      return c.text('');
    });
  const app = new Hono<Env>();
  on(`/${generation.stopAction}`, (hash) => library.setStopped(hash, true));
  on(`/${generation.startAction}`, (hash) => library.setStopped(hash, false));
  on('/delete', (hash) => library.remove(hash), ['deleteFiles']);
  on('/recheck', (hash) => library.play(hash, [{ phase: 'checking', seconds: 3 }], true));
  on('/reannounce', () => {});
  return app;
}

export function torrentRoutes(
  id: QbittorrentGeneration,
  generation: Generation,
  library: Library,
): Hono<Env> {
  const objects = () => library.list().map((torrent) => describe(torrent, id, generation));
  return new Hono<Env>()
    .on(['GET', 'POST'], '/info', (c) => {
      const found = select(objects(), params(c), generation);
      return found ? c.json(found) : c.text("'sort' parameter is invalid", 400);
    })
    .on(['GET', 'POST'], '/properties', (c) => {
      const hash = (params(c).hash ?? '').toLowerCase();
      const found = objects().find((object) => object.hash === hash);
      return found ? c.json({ ...found, addition_date: found.added_on }) : c.text('Not Found', 404);
    })
    .on(['GET', 'POST'], '/count', (c) => c.text(String(objects().length)))
    .post('/add', (c) => add(c, generation, library))
    .route('/', actions(generation, library));
}
