/** Categories, tags, save path, tracker and the private flag. */
import assert from 'node:assert/strict';
import { startTracker, until } from '../servers/index.ts';
import { objectOf } from './http.ts';
import { addMagnets, info, isModern, magnet, newHash, openSession } from './qbittorrent-subject.ts';
import type { QbittorrentCase, Session, Subject } from './qbittorrent-subject.ts';

/** A session, a magnet that was added with these form fields, and a function that reads the magnet's entry. */
async function addOne(subject: Subject, form: Record<string, string> = {}) {
  const session = await openSession(subject);
  const hash = newHash();
  await addMagnets(session, [magnet(hash)], form);
  const read = async (): Promise<Record<string, unknown>> =>
    (await info(session, `?hashes=${hash}`))[0] ?? assert.fail('it is not listed');
  return { session, hash, read };
}

/** A category that no other case uses. */
const newCategory = (): string => `films-${newHash().slice(0, 8)}`;

const outcomeOf = async ({ post }: Session, path: string, form: Record<string, string>) => {
  const { status, text } = await post(`torrents/${path}`, form);
  return [status, text];
};

export const labelCases: QbittorrentCase[] = [
  {
    title: 'a torrent gets a category only if it exists; the empty one removes it',
    run: async (subject) => {
      const { session, hash, read } = await addOne(subject);
      const category = newCategory();
      const set = (category: string) => outcomeOf(session, 'setCategory', { hashes: hash, category });
      assert.equal((await read()).category, '');
      assert.deepEqual(await set(category), [409, 'Incorrect category name']);
      assert.deepEqual(await outcomeOf(session, 'createCategory', { category }), [200, '']);
      assert.deepEqual(await set(category), [200, '']);
      assert.equal((await read()).category, category);
      assert.deepEqual(await set(''), [200, '']);
      assert.equal((await read()).category, '');
    },
  },
  {
    title: 'a subcategory is a name with slashes; an add creates a category that does not exist',
    run: async (subject) => {
      const category = `${newCategory()}/4k`;
      const { session, read } = await addOne(subject, { category });
      assert.equal((await read()).category, category);
      const all = objectOf((await session.get('torrents/categories')).text);
      assert.ok(Object.hasOwn(all, category));
      assert.deepEqual(await outcomeOf(session, 'createCategory', { category }), [
        409,
        'Unable to create category',
      ]);
    },
  },
  {
    title: 'a category without a name is 400, one with an invalid name 409',
    run: async (subject) => {
      const session = await openSession(subject);
      const create = (category: string) => outcomeOf(session, 'createCategory', { category });
      assert.deepEqual(await create(''), [400, 'Category cannot be empty']);
      for (const name of ['/films', 'films/', 'films//4k', String.raw`films\4k`]) {
        assert.deepEqual(await create(name), [409, 'Incorrect category name'], name);
      }
    },
  },
  {
    title: 'tags are added and removed by name; a comma separates them; removing none removes all',
    run: async (subject) => {
      const { session, hash, read } = await addOne(subject, { tags: 'b' });
      const change = (path: string, form: Record<string, string>) =>
        outcomeOf(session, path, { hashes: hash, ...form });
      assert.deepEqual(await change('addTags', { tags: 'c , a d,,b' }), [200, '']);
      assert.equal((await read()).tags, 'a d, b, c');
      assert.deepEqual(await change('removeTags', { tags: 'b,unknown' }), [200, '']);
      assert.equal((await read()).tags, 'a d, c');
      const all: unknown = JSON.parse((await session.get('torrents/tags')).text);
      assert.ok(Array.isArray(all) && ['a d', 'b', 'c'].every((tag) => all.includes(tag)));
      assert.deepEqual(await change('removeTags', {}), [200, '']);
      assert.equal((await read()).tags, '');
    },
  },
  {
    title: 'labels need their parameters, and a POST; an unknown hash is no error',
    run: async (subject) => {
      const session = await openSession(subject);
      const missing = (name: string) =>
        isModern(subject) ? `Missing required parameters: ${name}` : 'Bad Request';
      const hashes = newHash();
      assert.deepEqual(await outcomeOf(session, 'addTags', { hashes }), [400, missing('tags')]);
      assert.deepEqual(await outcomeOf(session, 'setCategory', { hashes }), [400, missing('category')]);
      assert.deepEqual(await outcomeOf(session, 'createCategory', {}), [400, missing('category')]);
      assert.equal((await session.get(`torrents/addTags?hashes=${hashes}&tags=a`)).status, 405);
      assert.deepEqual(await outcomeOf(session, 'addTags', { hashes, tags: 'a' }), [200, '']);
      assert.deepEqual(await outcomeOf(session, 'setCategory', { hashes, category: 'nowhere' }), [200, '']);
    },
  },
  {
    title: 'the save path has no slash at its end',
    run: async (subject) => {
      const { read } = await addOne(subject, { savepath: '/tmp/films/4k/' });
      assert.equal((await read()).save_path, '/tmp/films/4k');
    },
  },
  {
    title: 'a download has the URL of the tracker that answered, and since 5.0 its private flag',
    run: async (subject) => {
      await using tracker = await startTracker();
      const session = await openSession(subject);
      const { hash } = await subject.download({ tracker: tracker.url, private: true });
      const object = await until('the tracker has answered', async () => {
        const [object] = await info(session, `?hashes=${hash}`);
        return object?.tracker === tracker.url && object;
      });
      assert.equal(object.private, subject.generation === 'legacy' ? undefined : true);
      const open = await subject.download();
      const other = await until('it is listed', async () => (await info(session, `?hashes=${open.hash}`))[0]);
      assert.deepEqual(
        [other.tracker, other.private],
        ['', subject.generation === 'legacy' ? undefined : false],
      );
    },
  },
];
