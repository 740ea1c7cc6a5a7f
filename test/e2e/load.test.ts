import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import { describe } from 'node:test';
import { createMagnet, realTest, until } from '../servers/index.ts';
import { nonZero, scrape } from '../metrics/samples.ts';
import { startScene } from './harness.ts';
import { untilAnnounced } from './kinds.ts';

// One uses the CPU, the other waits.
describe('load', { concurrency: 2 }, () => {
  realTest(
    '1,000 magnets added and hooked at once on qBittorrent legacy are all tracked, with one login',
    { needs: ['qbittorrent legacy', 'ntfy current'] },
    async (t) => {
      await using scene = await startScene({ qbittorrent: 'legacy' });
      const hashes = Array.from({ length: 1000 }, (_, index) =>
        createHash('sha1').update(`magnet ${index}`).digest('hex'),
      );
      // Before qBittorrent is busy: a login that it answers too late is repeated.
      await until('there is a session', async () => (await scene.status()).session.state === 'ready');
      const from = performance.now();
      await scene.qbittorrent.addMagnets(hashes.map((hash) => createMagnet(hash)));
      await until('all 1,000 are tracked', async () => (await scene.status()).torrents.length === 1000, {
        deadline: 400_000,
        every: 250,
      });
      t.diagnostic(`all in /status ${Math.round(performance.now() - from)} ms after the first was added`);
      await until('all were seen', async () =>
        (await scene.status()).torrents.every(({ state }) => state === 'polling.metadata'),
      );
      const { torrents } = await scene.status();
      assert.deepEqual(new Set(torrents.map(({ hash }) => hash)), new Set(hashes));
      assert.equal(scene.toQbittorrent.logins(), 1);
      await until('one request asks for all of them', () =>
        scene.toQbittorrent.requests.some(
          ({ body }) => body.startsWith('hashes=') && body.split('%7C').length === 1000,
        ),
      );
      // On a slow machine qBittorrent does not answer for longer than a request waits: that is reported.
      const messages = (await scene.messages()).filter(
        ({ sequence_id }) => sequence_id !== 'qbit-qbittorrent',
      );
      assert.deepEqual(messages, [], 'no card for what has not begun');
    },
  );

  realTest(
    'without a tracked torrent there is no request to qBittorrent or ntfy for 30 s',
    { needs: ['qbittorrent current', 'ntfy current'] },
    async () => {
      await using scene = await startScene({ qbittorrent: 'current', rate: 4_000_000 });
      const torrent = scene.seed.serve('before.iso', 1_000_000);
      scene.seed.pause();
      await scene.qbittorrent.addTorrent(torrent.file);
      // A scan can be faster than qBittorrent's call of the hook, which would then be a request of the idle time.
      await until('the hook was called', async () => {
        const calls = nonZero(await scrape(scene.sidecar), 'qbit_ntfy_hook_requests_total');
        return Object.keys(calls).length > 0;
      });
      scene.seed.resume();
      await untilAnnounced(scene, 1);
      scene.toQbittorrent.requests.length = 0;
      scene.toNtfy.requests.length = 0;
      await sleep(30_000);
      assert.deepEqual(scene.toQbittorrent.requests, []);
      assert.deepEqual(scene.toNtfy.requests, []);
    },
  );
});
