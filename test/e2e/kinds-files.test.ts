import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { realTest, until } from '../servers/index.ts';
import type { QbittorrentGeneration } from '../servers/index.ts';
import { startScene } from './harness.ts';
import { hookLine } from '../support/sidecar.ts';
import {
  assertLeft,
  assertAnnouncedOnce,
  isCompletion,
  isOver,
  untilShown,
  untilAnnounced,
} from './kinds.ts';

const GENERATIONS: QbittorrentGeneration[] = ['legacy', '5.1', 'current'];

const FINISHED = /^(stalledUP|uploading)$/;

/** The second begins with a new piece. */
const FILES = [
  { path: 'a.bin', bytes: 3_276_800 },
  { path: 'b.bin', bytes: 2_000_000 },
];

// The tests mostly wait.
describe('torrents of many files', { concurrency: 3 }, () => {
  for (const generation of GENERATIONS) {
    realTest(
      `a torrent with unselected files is complete when the selected ones are, and again only after more was downloaded, on qBittorrent ${generation}`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using scene = await startScene({ qbittorrent: generation, rate: 500_000 });
        const { qbittorrent, seed, sidecar } = scene;
        const program = hookLine(sidecar).replace('/track', '/finished');
        await qbittorrent.setPreferences({ autorun_enabled: true, autorun_program: program });
        const torrent = seed.serve('partly', FILES);
        const stateOf = async () => String((await qbittorrent.find(torrent.hash))?.['state']);
        const wish = async (id: number, priority: number) => {
          const form = { hash: torrent.hash, id: String(id), priority: String(priority) };
          assert.equal((await qbittorrent.api('torrents/filePrio', form)).status, 200);
        };
        await qbittorrent.addTorrent(torrent.file, { stopped: 'true' });
        await until('it is tracked', async () => (await scene.status()).torrents.length === 1);
        await until('its files can be chosen', async () => {
          const files: unknown = await (await qbittorrent.api(`torrents/files?hash=${torrent.hash}`)).json();
          return Array.isArray(files) && files.length === FILES.length;
        });
        await wish(1, 0);
        await qbittorrent.startTorrent(torrent.hash);
        await untilShown(scene, [torrent.hash]);
        seed.setRate(3_000_000);

        const messages = await untilAnnounced(scene, 1);
        assertAnnouncedOnce(messages, torrent.hash, torrent);
        assert.match(messages.find(isCompletion)?.message ?? '', /^3\.3 MB/m);

        await wish(1, 1);
        await until('it downloads again', async () => !FINISHED.test(await stateOf()));
        const all = await untilAnnounced(scene, 2);
        const completions = all.filter(isCompletion);
        assert.equal(completions.length, 2);
        assert.match(completions[1]?.message ?? '', /^5\.3 MB/m);
        assertLeft(all, [torrent.hash]);

        // An unselected file, a changed priority, a check: nothing is downloaded.
        await wish(0, 0);
        await wish(1, 7);
        await qbittorrent.api('torrents/recheck', { hashes: torrent.hash });
        await sleep(1500); // a short check may never be observed
        await until('it is whole', async () => FINISHED.test(await stateOf()));
        await until('all is over', () => isOver(scene));
        assert.equal((await scene.messages()).length, all.length);
      },
    );
  }
});
