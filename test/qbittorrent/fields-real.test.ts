/** The fields that rules match, on real servers. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Observation } from '../../machines/domain.ts';
import { ruleFieldsOf } from '../../machines/routing/fields.ts';
import { sentSchema } from '../../src/qbittorrent/torrent.ts';
import {
  createMagnet,
  realTest,
  startQbittorrent,
  startTracker,
  startWebSeed,
  until,
} from '../servers/index.ts';
import type { Qbittorrent } from '../servers/index.ts';
import { clientOf, GENERATIONS, password, valueOf } from './clients.ts';

/** Bytes per second, and a size that lasts longer than the test. */
const RATE = 50_000;
const SIZE = 20_000_000;

const fieldsOf = ({ category, tags, tracker, path, private: isPrivate }: Observation) => ({
  category,
  tags,
  tracker,
  path,
  private: isPrivate,
});

/** A function that observes a torrent by the client of the sidecar. */
async function observer(qbittorrent: Qbittorrent) {
  const client = clientOf(qbittorrent, password(qbittorrent.password));
  assert.ok((await client.login()).ok);
  return async (hash: string) => {
    const [torrent] = valueOf(await client.observe([hash]));
    return torrent ?? assert.fail('it is not listed');
  };
}

for (const generation of GENERATIONS) {
  realTest(
    `a private download of qBittorrent ${generation} has its category, tags, tracker host and path, also when they change`,
    { needs: [`qbittorrent ${generation}`] },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      await using seed = await startWebSeed({ rate: RATE });
      await using tracker = await startTracker();
      const path = join(qbittorrent.profile, 'films');
      const incomplete = join(qbittorrent.profile, 'incomplete');
      await qbittorrent.setPreferences({ temp_path_enabled: true, temp_path: incomplete });
      const extras = { private: true, tracker: tracker.url };
      const { hash, file } = seed.serve('film.mkv', SIZE, 'v1', extras);
      await qbittorrent.addTorrent(file, { category: 'films/4k', tags: 'b,a c', savepath: path });
      const observe = await observer(qbittorrent);

      const torrent = await until('the tracker has answered', async () => {
        const torrent = await observe(hash);
        return torrent.tracker === '127.0.0.1' && torrent.downloaded > 0 && torrent;
      });
      const isPrivate = generation === 'legacy' ? null : true;
      const fields = { tracker: '127.0.0.1', path, private: isPrivate };
      assert.deepEqual(fieldsOf(torrent), { category: 'films/4k', tags: ['a c', 'b'], ...fields });
      assert.ok(!JSON.stringify(torrent).includes(tracker.passkey));
      const entry = await qbittorrent.find(hash);
      assert.ok(sentSchema.safeParse(entry).success, 'each field is as expected');
      assert.ok(String(entry?.['tracker']).includes(tracker.passkey), 'qBittorrent reports the passkey');

      const post = async (action: string, form: Record<string, string>) =>
        assert.ok((await qbittorrent.api(`torrents/${action}`, { hashes: hash, ...form })).ok, action);
      await post('createCategory', { category: 'tv' });
      await post('setCategory', { category: 'tv' });
      await post('addTags', { tags: 'd, c' });
      await post('removeTags', { tags: 'b' });
      const changed = await observe(hash);
      assert.deepEqual(fieldsOf(changed), { category: 'tv', tags: ['a c', 'c', 'd'], ...fields });
      assert.equal(changed.finishedAt, null, 'it still downloads');
    },
  );

  realTest(
    `a magnet of qBittorrent ${generation} without a category has an empty one, and is of unknown privacy`,
    { needs: [`qbittorrent ${generation}`] },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      const hash = '0123456789abcdef0123456789abcdef01234567';
      await qbittorrent.addMagnets([createMagnet(hash)]);
      const observe = await observer(qbittorrent);
      const torrent = await until('it waits for metadata', async () => {
        const torrent = await observe(hash);
        return torrent.phase === 'metadata' && torrent;
      });
      const path = join(qbittorrent.profile, 'downloads');
      assert.deepEqual(fieldsOf(torrent), { category: '', tags: [], tracker: null, path, private: null });
      assert.equal(ruleFieldsOf(torrent).size, null);
      assert.ok(sentSchema.safeParse(await qbittorrent.find(hash)).success, 'each field is as expected');
    },
  );
}
