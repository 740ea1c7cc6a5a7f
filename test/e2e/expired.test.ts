import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import type { QbittorrentGeneration } from '../servers/index.ts';
import { startScene } from './harness.ts';

const GENERATIONS: QbittorrentGeneration[] = ['5.1', 'current'];

/** As some proxies do. */
const proxy = { statusOf: (status: number) => (status === 403 ? 401 : status) };

for (const generation of GENERATIONS) {
  realTest(
    `an expired session that a proxy answers with 401 costs one login on qBittorrent ${generation}, and no completion`,
    { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
    async () => {
      await using scene = await startScene({ qbittorrent: generation, proxy });
      await scene.qbittorrent.addTorrent(scene.seed.serve('debian.iso', 8_000_000).file);
      await until('it is seen to download', async () => (await scene.messages()).length > 0);
      scene.toQbittorrent.endSessions();
      const completions = await until('it is announced to be complete', async () => {
        const found = (await scene.messages()).filter(({ priority }) => priority === 4);
        return found.length > 0 && found;
      });
      assert.deepEqual(
        completions.map(({ title }) => title),
        ['Download Complete'],
      );
      const refused = scene.toQbittorrent.requests.filter(({ status }) => status === 401);
      assert.equal(refused.length, 1, 'the session expired once');
      assert.equal(scene.toQbittorrent.logins(), 2);
      assert.ok(!scene.log.some((line) => line.includes('Host header')));
    },
  );
}
