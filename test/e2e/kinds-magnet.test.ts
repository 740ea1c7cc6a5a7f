import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { realTest, startQbittorrent, until } from '../servers/index.ts';
import type { Qbittorrent, QbittorrentGeneration, SeededTorrent } from '../servers/index.ts';
import { hookLine, startScene } from './harness.ts';
import { assertLeft, assertToldOnce, untilTold } from './kinds.ts';

const GENERATIONS: QbittorrentGeneration[] = ['legacy', '5.1', 'current'];

const v1Of = ({ v1 }: SeededTorrent) => `xt=urn:btih:${v1}`;
const v2Of = ({ v2 }: SeededTorrent) => `xt=urn:btmh:1220${v2}`;

/** Loads everything from the web seed at once, and has it for others. */
async function loadAll(seeder: Qbittorrent, torrents: readonly SeededTorrent[]): Promise<void> {
  for (const { file } of torrents) await seeder.addTorrent(file);
  await until('the other has all of it', async () => {
    const states = (await seeder.list()).map(({ state }) => String(state));
    return (
      states.length === torrents.length && states.every((state) => /^(stalledUP|uploading)$/.test(state))
    );
  });
}

/** Metadata and data come from there. */
async function connect(leecher: Qbittorrent, seeder: Qbittorrent): Promise<void> {
  const preferences: unknown = await (await seeder.api('app/preferences')).json();
  const { listen_port: port } = preferences as { listen_port: number };
  const hashes = (await leecher.list()).map(({ hash }) => hash).join('|');
  const answer = await leecher.api('torrents/addPeers', { hashes, peers: `127.0.0.1:${port}` });
  assert.equal(answer.status, 200);
}

// Most of it is waiting.
describe('magnets', { concurrency: 3 }, () => {
  for (const generation of GENERATIONS) {
    realTest(
      `a magnet whose torrent gets another ID with its metadata keeps its card on qBittorrent ${generation}, and whatever hash a magnet has, it is told once`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using seeder = await startQbittorrent(generation);
        await using scene = await startScene({ qbittorrent: generation, rate: Infinity });
        const { qbittorrent, seed, sidecar } = scene;
        // With the other placeholder: the end of the renamed one comes by its first hash.
        const program = hookLine(sidecar).replace('track?hash=%K', 'finished?hash=%I');
        await qbittorrent.setPreferences({ autorun_enabled: true, autorun_program: program });
        const serve = (name: string) => seed.serve(name, 3_000_000, 'hybrid');
        const [renamed, both, byV2] = [serve('renamed.iso'), serve('both.iso'), serve('by v2.iso')] as const;
        await loadAll(seeder, [renamed, both, byV2]);
        // Nobody sends it: from peer to peer libtorrent 2.0 gets stuck with v2-only torrents now and then.
        const v2Only = seed.serve('v2 only.iso', 3_000_000, 'v2');

        const magnets = [v1Of(renamed), `${v1Of(both)}&${v2Of(both)}`, v2Of(v2Only), v2Of(byV2)];
        await qbittorrent.addMagnets(
          magnets.map((query) => `magnet:?${query}`),
          { dlLimit: '1500000' },
        );
        await until('all wait for their metadata', async () => {
          const { torrents } = await scene.status();
          return torrents.length === 4 && torrents.every(({ state }) => state === 'polling.metadata');
        });
        // While nothing moves the sidecar looks only now and then: this one moves.
        seed.setRate(100_000);
        const companion = seed.serve('companion.iso', 2_000_000);
        await qbittorrent.addTorrent(companion.file);
        await connect(qbittorrent, seeder);
        await qbittorrent.remove(v2Only.hash);
        await until('the sidecar knows the new ID', async () =>
          (await scene.status()).torrents.some(({ hash }) => hash === renamed.hash),
        );

        seed.setRate(Infinity);
        const messages = await untilTold(scene, 4);
        assertToldOnce(messages, renamed.v1 ?? '', renamed);
        const others = [both, byV2, companion];
        for (const torrent of others) assertToldOnce(messages, torrent.hash, torrent);
        assertLeft(messages, [renamed.v1 ?? '', ...others.map(({ hash }) => hash)]);
        const gone = scene.log.filter((line) => line.includes('the torrent is gone'));
        assert.ok(gone.length === 1 && gone[0]?.includes(v2Only.hash), 'only what was removed');
      },
    );
  }
});
