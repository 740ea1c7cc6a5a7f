/** The torrents in the answer of `torrents/info`. */
import assert from 'node:assert/strict';
import { until } from '../servers/index.ts';
import { addMagnets, call, hashes, info, magnet, newHash, openSession } from './qbittorrent-subject.ts';
import type { QbittorrentCase, Session, Subject } from './qbittorrent-subject.ts';

interface Shelf {
  session: Session;
  /** Sorted. */
  ids: string[];
  /** The first is stopped and has category `tv`. */
  stopped: string;
  running: string[];
}

/** Only four magnets, one of them stopped. */
async function fill(subject: Subject): Promise<Shelf> {
  const session = await openSession(subject);
  await session.post('torrents/delete', { hashes: 'all', deleteFiles: 'true' });
  const stopped = newHash();
  const running = [newHash(), newHash(), newHash()];
  const form = { stopped: 'true', paused: 'true', category: 'tv', tags: 'x y' };
  await addMagnets(
    session,
    running.map((hash) => magnet(hash)),
  );
  await addMagnets(session, [magnet(stopped)], form);
  await until('four magnets are there', async () => {
    const states = (await info(session)).map(({ state }) => String(state));
    return states.length === 4 && states.every((state) => !state.startsWith('checking'));
  });
  return { session, stopped, running: running.toSorted(), ids: [stopped, ...running].toSorted() };
}

export const listCases: QbittorrentCase[] = [
  {
    title: 'an empty list of hashes is no filter: all torrents are returned',
    run: async (subject) => {
      const { session, ids } = await fill(subject);
      for (const query of ['', '?hashes=', '?hashes=|', '?hashes=||']) {
        assert.deepEqual(await hashes(session, query), ids, query);
      }
    },
  },
  {
    title: 'hashes are IDs in either case; what is unknown is left out, "all" is unknown too',
    run: async (subject) => {
      const { session, ids } = await fill(subject);
      const [first = '', second = ''] = ids;
      assert.deepEqual(await hashes(session, `?hashes=${first.toUpperCase()}`), [first]);
      assert.deepEqual(await hashes(session, `?hashes=${first}|${newHash()}|${second}`), [first, second]);
      for (const unknown of [newHash(), 'all', 'nonsense', first + first.slice(0, 24)]) {
        assert.deepEqual(await hashes(session, `?hashes=${unknown}`), [], unknown);
      }
    },
  },
  {
    title: 'POST reads the hashes from the form and ignores the query',
    run: async (subject) => {
      const { session, ids } = await fill(subject);
      const [first = ''] = ids;
      const { cookie } = session;
      const post = async (query: string, form: Record<string, string>) => {
        const answer = await call(subject, `torrents/info${query}`, {
          method: 'POST',
          form,
          headers: { cookie },
        });
        const list: unknown = JSON.parse(answer.text);
        return Array.isArray(list) ? list.length : null;
      };
      assert.equal(await post('', { hashes: first }), 1);
      assert.equal(await post(`?hashes=${first}`, {}), 4);
    },
  },
  {
    title: 'a filter that the version does not support means all',
    run: async (subject) => {
      const { session, ids, stopped, running } = await fill(subject);
      const legacy = subject.generation === 'legacy';
      assert.deepEqual(await hashes(session, '?filter=nonsense'), ids);
      assert.deepEqual(await hashes(session, '?filter=paused'), legacy ? [stopped] : ids);
      assert.deepEqual(await hashes(session, '?filter=stopped'), legacy ? ids : [stopped]);
      assert.deepEqual(await hashes(session, '?filter=resumed'), legacy ? running : ids);
      assert.deepEqual(await hashes(session, '?filter=running'), legacy ? ids : running);
    },
  },
  {
    title: 'the filter "downloading" includes everything unfinished, stopped torrents too',
    run: async (subject) => {
      const { session, ids, running } = await fill(subject);
      assert.deepEqual(await hashes(session, '?filter=downloading'), ids);
      for (const filter of ['completed', 'seeding', 'errored', 'checking', 'moving', 'stalled']) {
        assert.deepEqual(await hashes(session, `?filter=${filter}`), [], filter);
      }
      const active = subject.generation === 'current' ? [] : running;
      assert.deepEqual(await hashes(session, '?filter=active'), active);
    },
  },
  {
    title: 'category and tag filter; empty ones mean those without',
    run: async (subject) => {
      const { session, stopped, running } = await fill(subject);
      assert.deepEqual(await hashes(session, '?category=tv'), [stopped]);
      assert.deepEqual(await hashes(session, '?category='), running);
      assert.deepEqual(await hashes(session, '?tag=x%20y'), [stopped]);
      assert.deepEqual(await hashes(session, '?tag='), running);
    },
  },
  {
    title: 'sort, reverse, limit and offset cut a list; an offset past its end is empty since 5.3',
    run: async (subject) => {
      const { session, ids } = await fill(subject);
      const order = async (query: string) =>
        (await info(session, `?sort=hash${query}`)).map(({ hash }) => hash);
      assert.deepEqual(await order(''), ids);
      assert.deepEqual(await order('&reverse=true'), ids.toReversed());
      assert.deepEqual(await order('&limit=2&offset=1'), ids.slice(1, 3));
      assert.deepEqual(await order('&limit=2&offset=-2'), ids.slice(2));
      assert.deepEqual(await order('&limit=-1'), ids);
      assert.deepEqual(await order('&offset=99'), subject.generation === 'current' ? [] : ids);
    },
  },
  {
    title: 'an unknown sort key is 400',
    run: async (subject) => {
      const { session } = await fill(subject);
      const answer = await session.get('torrents/info?sort=nonsense');
      assert.deepEqual([answer.status, answer.text], [400, "'sort' parameter is invalid"]);
    },
  },
];
