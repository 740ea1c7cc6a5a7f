import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { realTest, startNtfy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type { Qbittorrent } from '../servers/index.ts';
import { TOPIC } from './harness.ts';
import { startSidecar } from '../support/sidecar.ts';

const progressOf = async (qbittorrent: Qbittorrent, hash: string) =>
  Number((await qbittorrent.find(hash))?.['progress']);

// The tests mostly wait.
describe('a disk that is mounted late', { concurrency: 2 }, () => {
  for (const generation of ['5.1', 'current'] as const) {
    realTest(
      `a download whose disk was mounted late is announced when it is complete, a seed is not, on qBittorrent ${generation}`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using qbittorrent = await startQbittorrent(generation);
        await using ntfy = await startNtfy('current');
        await using web = await startWebSeed({ rate: 2_000_000 });
        const seed = web.serve('seeding.iso', 200_000);
        const download = web.serve('download.iso', 4_000_000);
        for (const { file } of [seed, download]) await qbittorrent.addTorrent(file);
        await until('one is complete, the other half way', async () => {
          const [complete, some] = [
            await progressOf(qbittorrent, seed.hash),
            await progressOf(qbittorrent, download.hash),
          ];
          return complete === 1 && some > 0.2;
        });
        web.pause();
        const folder = join(qbittorrent.profile, 'downloads');
        await qbittorrent.restart(() => renameSync(folder, `${folder}.away`));
        const states = async () => (await qbittorrent.list()).map(({ state }) => state);
        await until('both miss their files', async () =>
          (await states()).every((state) => state === 'missingFiles'),
        );
        const sidecar = await startSidecar({
          QBIT_HOST: qbittorrent.url,
          QBIT_USER: qbittorrent.username,
          QBIT_PASS: qbittorrent.password,
          NTFY_TOPIC: `${ntfy.url}/${TOPIC}`,
        });
        const isAnnounced = async (suffix: string) =>
          (await ntfy.messages(TOPIC)).some(({ sequence_id: id }) => id === `qbit-${download.hash}${suffix}`);
        const tracked = () => [...sidecar.supervisor.getSnapshot().context.registry.records.keys()];
        await until('the phone has the alert', () => isAnnounced('-err'));
        assert.deepEqual(tracked(), [download.hash]);
        rmSync(folder, { recursive: true, force: true });
        renameSync(`${folder}.away`, folder);
        await qbittorrent.api('torrents/recheck', { hashes: `${download.hash}|${seed.hash}` });
        await qbittorrent.startTorrent(download.hash);
        web.resume();
        await until('it is no longer tracked', () => tracked().length === 0, { deadline: 60_000 });
        await sidecar.stop();
        const completions = (await ntfy.messages(TOPIC)).filter(({ title }) => title === 'Download Complete');
        assert.deepEqual(
          completions.map(({ sequence_id }) => sequence_id),
          [`qbit-${download.hash}-done`],
        );
      },
    );
  }
});
