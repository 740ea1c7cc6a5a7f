/** The fields that rules match: category, tags, tracker, path and privacy. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { NO_TAGS } from '../../machines/routing/fields.ts';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { SimulatedGeneration } from '../../src/simulator/index.ts';
import { signedIn, valueOf } from './clients.ts';
import { hash, read } from './entries.ts';

const parse = (fields: Record<string, unknown>) => read({ hash, ...fields });

/** In a tracker's URL wherever a passkey, a user or a password can be. */
const SECRET = 'xyzzy-passkey';

describe('the tags', () => {
  for (const [text, tags] of [
    ['', []],
    ['a', ['a']],
    ['a c, b', ['a c', 'b']],
    // Joined without a space, or with the spaces of the request (4.5).
    ['a c,b', ['a c', 'b']],
    [' a c, b', ['a c', 'b']],
    // Before 4.4 they have no order.
    ['b, a', ['a', 'b']],
    [', ,,', []],
  ] as const) {
    test(`are ${JSON.stringify(tags)} where qBittorrent reports ${JSON.stringify(text)}`, () =>
      assert.deepEqual(parse({ tags: text }).tags, tags));
  }

  test('of torrents with the same tags are one array in memory, and one for all without tags', () => {
    const [one, other] = [parse({ tags: 'shared, by both' }), parse({ tags: 'shared, by both' })];
    assert.equal(one.tags, other.tags);
    for (const tags of ['', ', ', null, 1, undefined]) assert.equal(parse({ tags }).tags, NO_TAGS);
  });

  test('are limited to 2,000 characters; none is cut', () => {
    const all = Array.from({ length: 1000 }, (_, n) => `tag ${n}`);
    const { tags } = parse({ tags: all.join(', ') });
    assert.ok(tags.join(', ').length <= 2000 && tags.length > 200, `${tags.length} tags`);
    assert.deepEqual(
      tags.filter((tag) => !all.includes(tag)),
      [],
    );
    assert.deepEqual(parse({ tags: 'x'.repeat(10_000) }).tags, []);
  });
});

describe('the tracker', () => {
  for (const [url, host] of [
    ['', null],
    ['https://tracker.example/announce', 'tracker.example'],
    [`https://Tracker.Example:443/${SECRET}/announce?passkey=${SECRET}#${SECRET}`, 'tracker.example'],
    [`http://${SECRET}:${SECRET}@tracker.example/announce`, 'tracker.example'],
    [`http://a@${SECRET}@tracker.example/announce`, 'tracker.example'],
    [`http://tracker.example?${SECRET}`, 'tracker.example'],
    [`http://tracker.example#${SECRET}`, 'tracker.example'],
    ['udp://tracker.example:6969', 'tracker.example'],
    ['wss://tracker.example', 'tracker.example'],
    ['http://[2001:db8::1]:80/announce', '[2001:db8::1]'],
    ['http://192.0.2.1/announce', '192.0.2.1'],
    ['http://трекер.example/announce', 'трекер.example'],
    [`http://tracker.example\\${SECRET}`, 'tracker.example'],
    // Not recognized: the text may be a part of the passkey.
    [`http://${SECRET}:${SECRET}`, null],
    [`http://${SECRET} x/announce`, null],
    [`http://<${SECRET}>/announce`, null],
    [`http:${SECRET}/announce`, null],
    [`${SECRET}/announce`, null],
    [`http:///${SECRET}`, null],
    [`http://tracker.example/${SECRET.repeat(1000)}`, null],
    ['** [DHT] **', null],
  ] as const) {
    test(`is ${host ?? 'unknown'} for ${JSON.stringify(url.slice(0, 80))}`, () =>
      assert.equal(parse({ tracker: url }).tracker, host));
  }

  test('is the host of any URL, as a browser reads it', () => {
    const urls = fc.webUrl({
      authoritySettings: { withUserInfo: true, withPort: true },
      withQueryParameters: true,
      withFragments: true,
    });
    const property = fc.property(urls, (url) => {
      assert.equal(parse({ tracker: url }).tracker, new URL(url).hostname);
    });
    fc.assert(property, { numRuns: 100 });
  });

  test('is a copy of the host: no part of the URL is in the observation', () => {
    const tracker = `https://${SECRET}@tracker.example/${SECRET}/announce?passkey=${SECRET}`;
    const magnet_uri = `magnet:?xt=urn:btih:${hash}&tr=${encodeURIComponent(tracker)}`;
    assert.ok(!JSON.stringify(parse({ tracker, magnet_uri })).includes(SECRET));
  });
});

describe('the path', () => {
  for (const [save_path, path] of [
    ['/films', '/films'],
    ['/films/', '/films'],
    ['/', '/'],
    ['C:\\films\\', 'C:\\films'],
    ['', null],
    [undefined, null],
  ] as const) {
    test(`is ${path ?? 'unknown'} where qBittorrent reports ${save_path}`, () =>
      assert.equal(parse({ save_path }).path, path));
  }

  test('is that of the finished files, not the folder for unfinished ones', () => {
    assert.equal(parse({ save_path: '/films', download_path: '/incomplete' }).path, '/films');
  });
});

test('a category and a path are cut after 1,000 characters', () => {
  const { category, path } = parse({ category: 'ü'.repeat(5000), save_path: `/${'x'.repeat(5000)}` });
  assert.deepEqual([category?.length, path?.length], [1000, 1000]);
});

test('a category may be any text, and is empty where there is none', () => {
  for (const category of ['', '__proto__', '<script>', '\u0000', '\u202egnp', 'films//4k']) {
    assert.equal(parse({ category }).category, category);
  }
});

const at = (n: number) => parse({ category: `c${n}`, tags: `t${n}, u${n}`, save_path: `/${n}` });

test('more different texts than are shared do not change any of them', () => {
  const torrents = Array.from({ length: 3000 }, (_, n) => at(n));
  for (const [n, { category, tags, path }] of torrents.entries()) {
    assert.deepEqual([category, tags, path], [`c${n}`, [`t${n}`, `u${n}`], `/${n}`]);
  }
  assert.deepEqual(at(0), torrents[0]);
});

const reportsPrivacy = (generation: SimulatedGeneration): boolean =>
  generation === '5.1' || generation === 'current';

/** A simulator, and what a client observes of the fields of its torrents. */
async function start(generation: SimulatedGeneration) {
  const qbittorrent = await startQbittorrentSimulator({ generation });
  const client = await signedIn(qbittorrent);
  const observe = async (hash: string) => {
    const [torrent] = valueOf(await client.observe([hash]));
    if (torrent === undefined) return assert.fail('it is not listed');
    const { category, tags, tracker, path, private: isPrivate } = torrent;
    return { category, tags, tracker, path, private: isPrivate };
  };
  return Object.assign(qbittorrent, { observe });
}

for (const generation of ['4.1', '4.4', 'legacy', '5.1', 'current'] as const) {
  describe(`a torrent of qBittorrent ${generation}`, () => {
    test('is observed with its category, tags, tracker, path and privacy', async () => {
      await using qbittorrent = await start(generation);
      const hash = qbittorrent.addTorrent({
        size: 1e12,
        category: 'films/4k',
        tags: ['b', 'a c'],
        tracker: `https://tracker.example/${SECRET}/announce`,
        savePath: '/films',
        private: true,
      });
      assert.deepEqual(await qbittorrent.observe(hash), {
        category: 'films/4k',
        tags: ['a c', 'b'],
        tracker: 'tracker.example',
        path: '/films',
        private: reportsPrivacy(generation) ? true : null,
      });
    });

    test('without them has an empty category, no tags and no tracker; a magnet is of unknown privacy', async () => {
      await using qbittorrent = await start(generation);
      const none = { category: '', tags: [], tracker: null, path: '/downloads' };
      assert.deepEqual(await qbittorrent.observe(qbittorrent.addTorrent({ size: 1e12 })), {
        ...none,
        private: reportsPrivacy(generation) ? false : null,
      });
      const magnet = qbittorrent.addTorrent({ scenario: 'noMetadata', private: true });
      assert.deepEqual(await qbittorrent.observe(magnet), { ...none, private: null });
    });

    test('that gets another category and other tags is observed with them', async () => {
      await using qbittorrent = await start(generation);
      const hash = qbittorrent.addTorrent({ size: 1e12, category: 'tv', tags: ['a'] });
      const login = await fetch(`${qbittorrent.url}/api/v2/auth/login`, {
        method: 'POST',
        body: new URLSearchParams({ username: qbittorrent.username, password: qbittorrent.password }),
      });
      const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      const post = async (action: string, form: Record<string, string>) => {
        const body = new URLSearchParams({ hashes: hash, ...form });
        const headers = { cookie };
        return (
          await fetch(`${qbittorrent.url}/api/v2/torrents/${action}`, { method: 'POST', body, headers })
        ).status;
      };
      // 4.1 has tags, but no call for them.
      const ofTags = generation === '4.1' ? 404 : 200;
      assert.equal(await post('createCategory', { category: 'films/4k' }), 200);
      assert.equal(await post('setCategory', { category: 'films/4k' }), 200);
      assert.equal(await post('addTags', { tags: 'c, b' }), ofTags);
      assert.equal(await post('removeTags', { tags: 'a' }), ofTags);
      const { category, tags } = await qbittorrent.observe(hash);
      assert.deepEqual([category, tags], ['films/4k', generation === '4.1' ? ['a'] : ['b', 'c']]);
    });
  });
}
