/** Checks of files by real qBittorrents. */
import assert from 'node:assert/strict';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { realTest, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type { Qbittorrent } from '../servers/index.ts';
import { GENERATIONS, valueOf } from './clients.ts';
import { login, others, stateOf, twice, untilState } from './real.ts';

/** The raw requests, which have other names in 4.x. */
async function post(qbittorrent: Qbittorrent, action: string, hash: string) {
  assert.ok((await qbittorrent.api(`torrents/${action}`, { hashes: hash })).ok, action);
}

/** Whether a check does not end: it takes a moment otherwise. */
async function isStuck(qbittorrent: Qbittorrent, hash: string): Promise<boolean> {
  await sleep(4000);
  return (await stateOf(qbittorrent, hash)).startsWith('checking');
}

for (const generation of GENERATIONS) {
  const needs = [`qbittorrent ${generation}`] as const;

  realTest(
    `a check by qBittorrent ${generation} finds a damaged file, and ends also if it is requested twice`,
    { needs },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      await using seed = await startWebSeed();
      const { hash, file, name } = seed.serve('checked.bin', 100_000_000);
      const other = seed.serve('other.bin', 100_000);
      for (const torrent of [file, other.file]) await qbittorrent.addTorrent(torrent);
      for (const id of [hash, other.hash]) await untilState(qbittorrent, id, /^stalledUP$/);

      // What makes the second request dangerous. A check can end before it, so it takes some attempts.
      const [stop, start] = generation === 'legacy' ? ['pause', 'resume'] : ['stop', 'start'];
      await until('a check never ends', async () => {
        for (const action of ['recheck', 'recheck']) await post(qbittorrent, action, hash);
        return isStuck(qbittorrent, hash);
      });
      await post(qbittorrent, stop, hash);
      await untilState(qbittorrent, hash, /^(paused|stopped)/);
      await post(qbittorrent, start, hash);
      await untilState(qbittorrent, hash, /^stalledUP$/);

      const damaged = await open(join(qbittorrent.profile, 'downloads', name), 'r+');
      const original = Buffer.alloc(1000);
      await damaged.read(original, 0, 1000, 0);
      await damaged.write(Buffer.alloc(1000), 0, 1000, 0);
      const client = await login(qbittorrent);
      valueOf(await client.command({ action: 'recheck', hash }));
      const first = Buffer.alloc(1000);
      await until('the file is repaired', async () => {
        await damaged.read(first, 0, 1000, 0);
        return first.equals(original);
      });
      await damaged.close();
      const send = twice(client);
      for (let round = 0; round < 2; round += 1) {
        await untilState(qbittorrent, hash, /^stalledUP$/);
        await send('recheck', hash);
        // Longer than two updates of its state.
        await sleep(1000);
      }
      await untilState(qbittorrent, hash, /^stalledUP$/);
      assert.deepEqual(await others(qbittorrent, hash), new Map([[other.hash, false]]));
    },
  );

  realTest(
    `a check by qBittorrent ${generation} finds missing files that are there again, and a stopped torrent stays stopped`,
    { needs },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      await using seed = await startWebSeed();
      const running = seed.serve('running.bin', 10_000_000);
      const stopped = seed.serve('stopped.bin', 10_000_000);
      for (const { file, hash } of [running, stopped]) {
        await qbittorrent.addTorrent(file);
        await untilState(qbittorrent, hash, /^stalledUP$/);
      }
      await qbittorrent.stopTorrent(stopped.hash);
      await untilState(qbittorrent, stopped.hash, /^(paused|stopped)UP$/);
      const path = ({ name }: typeof running) => join(qbittorrent.profile, 'downloads', name);
      const torrents = [running, stopped];
      for (const torrent of torrents) await rename(path(torrent), `${path(torrent)}.moved`);
      await qbittorrent.restart();
      for (const { hash } of torrents) await untilState(qbittorrent, hash, /^missingFiles$/);
      for (const torrent of torrents) await rename(`${path(torrent)}.moved`, path(torrent));
      seed.pause();
      const client = await login(qbittorrent);
      for (const { hash } of torrents) valueOf(await client.command({ action: 'recheck', hash }));
      await untilState(qbittorrent, running.hash, /^stalledUP$/);
      await untilState(qbittorrent, stopped.hash, /^(paused|stopped)UP$/);
      seed.resume();
    },
  );
}
