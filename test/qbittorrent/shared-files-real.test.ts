/** Torrents that share files, on real servers. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMagnet, realTest, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type { Qbittorrent, SeededTorrent } from '../servers/index.ts';
import { GENERATIONS, valueOf } from './clients.ts';
import { login, untilState } from './real.ts';

const SIZE = 200_000;
const twoFiles = (...names: string[]) => names.map((path) => ({ path, bytes: SIZE }));
const PRIVATE = { private: true };

/** Functions that add a torrent and wait until it is complete, and that find out whether it shares files. */
async function start(qbittorrent: Qbittorrent) {
  const client = await login(qbittorrent);
  return {
    shares: async (hash: string) => valueOf(await client.sharesFiles(hash)),
    add: async (
      { hash, file }: Pick<SeededTorrent, 'hash' | 'file'>,
      options: Record<string, string> = {},
    ) => {
      await qbittorrent.addTorrent(file, options);
      if (options['stopped'] !== 'true') await untilState(qbittorrent, hash, /^stalledUP$/);
      return hash;
    },
  };
}

for (const generation of GENERATIONS) {
  const needs = [`qbittorrent ${generation}`] as const;

  realTest(
    `cross-seeds in qBittorrent ${generation} share files, also with other pieces, as other kinds and in part`,
    { needs },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      await using seed = await startWebSeed();
      const { add, shares } = await start(qbittorrent);
      const downloads = join(qbittorrent.profile, 'downloads');

      const first = await add(seed.serve('Über movie.mkv', SIZE));
      assert.equal(await shares(first), false, 'there is no other torrent');
      const others = [
        seed.serve('Über movie.mkv', SIZE, 'v1', PRIVATE),
        seed.serve('Über movie.mkv', SIZE, 'v1', { pieceLength: 16 * 1024 }),
        seed.serve('Über movie.mkv', SIZE, 'v2'),
        seed.serve('Über movie.mkv', SIZE, 'hybrid'),
      ];
      for (const other of others) {
        const hash = await add(other);
        for (const one of [first, hash]) assert.equal(await shares(one), true);
        await qbittorrent.remove(hash, false);
        await until('it is deleted', async () => (await qbittorrent.find(hash)) === null);
      }
      assert.equal(await shares(first), false, 'it is the only one again');

      const season = twoFiles('1.mkv', 'extras/2.mkv');
      const folder = await add(seed.serve('season', season));
      const isPrivate = await add(seed.serve('season', season, 'v1', PRIVATE));
      for (const hash of [folder, isPrivate]) assert.equal(await shares(hash), true);

      // One file of a folder, as a torrent of its own.
      const album = await add(seed.serve('album', twoFiles('1.flac', '2.flac')));
      const track = await add(seed.serve('1.flac', SIZE), {
        savepath: join(downloads, 'album'),
        stopped: 'true',
      });
      for (const hash of [album, track]) assert.equal(await shares(hash), true);

      // Without a folder of their own.
      const bare = { contentLayout: 'NoSubfolder' };
      const loose = await add(seed.serve('loose', twoFiles('a.bin', 'b/c.bin')), bare);
      assert.equal(await shares(loose), false);
      const same = await add(seed.serve('loose', twoFiles('a.bin', 'b/c.bin'), 'v1', PRIVATE), bare);
      for (const hash of [loose, same]) assert.equal(await shares(hash), true);

      // What the answer warns of.
      await qbittorrent.remove(isPrivate, true);
      await until('its files are deleted', () => !existsSync(join(downloads, 'season', '1.mkv')));
      assert.notEqual(await qbittorrent.find(folder), null);
      assert.equal(await shares(folder), false);
    },
  );

  realTest(
    `torrents in one folder of qBittorrent ${generation} that have no file in common do not share files`,
    { needs },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      await using seed = await startWebSeed();
      const { add, shares } = await start(qbittorrent);
      const downloads = join(qbittorrent.profile, 'downloads');
      const bare = { contentLayout: 'NoSubfolder' };
      const hashes = [
        await add(seed.serve('movie.mkv', SIZE)),
        await add(seed.serve('movie.mkv.nfo', SIZE)),
        await add(seed.serve('show', twoFiles('1.mkv', '1.srt'))),
        await add(seed.serve('show', twoFiles('2.mkv', '2.srt'))),
        await add(seed.serve('3.mkv', SIZE), { savepath: join(downloads, 'show') }),
        await add(seed.serve('loose', twoFiles('a.bin', 'b.bin')), bare),
        await add(seed.serve('others', twoFiles('c.bin', 'd.bin')), bare),
        await add(seed.serve('show 2', twoFiles('1.mkv', '1.srt'))),
      ];
      // The same file in another folder, and in that of incomplete torrents.
      const elsewhere = seed.serve('movie.mkv', SIZE, 'v1', PRIVATE);
      hashes.push(await add(elsewhere, { savepath: join(qbittorrent.profile, 'elsewhere') }));
      const incompletes = join(qbittorrent.profile, 'incomplete');
      await qbittorrent.setPreferences({ temp_path_enabled: true, temp_path: incompletes });
      seed.pause();
      const late = seed.serve('late.mkv', SIZE);
      await qbittorrent.addTorrent(late.file);
      const inPlace = { useDownloadPath: 'false', stopped: 'true' };
      const waiting = await add(seed.serve('late.mkv', SIZE, 'v1', PRIVATE), inPlace);
      const magnet = '0123456789abcdef0123456789abcdef01234567';
      await qbittorrent.addMagnets([createMagnet(magnet, 'movie.mkv')]);
      await until('it has started', async () => {
        const torrent = await qbittorrent.find(late.hash);
        return ['downloading', 'stalledDL'].includes(String(torrent?.['state']));
      });
      const all = [...hashes, late.hash, waiting, magnet];
      assert.deepEqual(new Set((await qbittorrent.list()).map(({ hash }) => hash)), new Set(all));
      for (const [index, hash] of [...all, 'f'.repeat(40)].entries())
        assert.equal(await shares(hash), false, `torrent ${index}`);

      seed.resume();
      await until('it is moved', async () => {
        const torrent = await qbittorrent.find(late.hash);
        return String(torrent?.['content_path']) === join(downloads, 'late.mkv');
      });
      for (const hash of [late.hash, waiting]) assert.equal(await shares(hash), true);
    },
  );
}
