import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { realTest, startQbittorrent, until } from '../servers/index.ts';
import type { Qbittorrent, QbittorrentGeneration, SeededTorrent } from '../servers/index.ts';
import { startScene } from './harness.ts';
import { hookLine } from '../support/sidecar.ts';
import { assertLeft, assertAnnouncedOnce, untilShown, untilAnnounced } from './kinds.ts';

const GENERATIONS: QbittorrentGeneration[] = ['legacy', '5.1', 'current'];

const v1Of = ({ v1 }: SeededTorrent) => `xt=urn:btih:${v1}`;
const v2Of = ({ v2 }: SeededTorrent) => `xt=urn:btmh:1220${v2}`;

/** Downloads everything from the web seed at once, and seeds it to others. */
async function loadAll(seeder: Qbittorrent, torrents: readonly SeededTorrent[]): Promise<void> {
  for (const { file } of torrents) await seeder.addTorrent(file);
  await until('the other has all of it', async () => {
    const states = (await seeder.list()).map(({ state }) => String(state));
    return (
      states.length === torrents.length && states.every((state) => /^(stalledUP|uploading)$/.test(state))
    );
  });
}

/** Metadata and data come from this one. */
async function connect(leecher: Qbittorrent, seeder: Qbittorrent): Promise<void> {
  const preferences: unknown = await (await seeder.api('app/preferences')).json();
  const { listen_port: port } = preferences as { listen_port: number };
  const hashes = (await leecher.list()).map(({ hash }) => hash).join('|');
  const answer = await leecher.api('torrents/addPeers', { hashes, peers: `127.0.0.1:${port}` });
  assert.equal(answer.status, 200);
}

/** Four magnets with all kinds of hashes, and one torrent that downloads, from their adds to their ends. */
async function downloadMagnets(generation: QbittorrentGeneration): Promise<void> {
  await using seeder = await startQbittorrent(generation);
  await using scene = await startScene({ qbittorrent: generation, rate: Infinity });
  const { qbittorrent, seed, sidecar } = scene;
  // With the other placeholder: the finish hook of the one whose ID changed has its first hash.
  const program = hookLine(sidecar).replace('track?hash=%K', 'finished?hash=%I');
  await qbittorrent.setPreferences({ autorun_enabled: true, autorun_program: program });
  const serve = (name: string, kind: 'hybrid' | 'v2') => seed.serve(name, 3_000_000, kind);
  const [renamed, both, v2Only, byV2] = [
    serve('renamed.iso', 'hybrid'),
    serve('both.iso', 'hybrid'),
    serve('v2 only.iso', 'v2'),
    serve('by v2.iso', 'hybrid'),
  ] as const;
  await loadAll(seeder, [renamed, both, v2Only, byV2]);

  const magnets = [v1Of(renamed), `${v1Of(both)}&${v2Of(both)}`, v2Of(v2Only), v2Of(byV2)];
  await qbittorrent.addMagnets(
    magnets.map((query) => `magnet:?${query}`),
    { dlLimit: '300000' },
  );
  await until('all wait for their metadata', async () => {
    const { torrents } = await scene.status();
    return torrents.length === 4 && torrents.every(({ state }) => state === 'polling.metadata');
  });
  // Without a download the sidecar polls rarely: this one downloads.
  seed.setRate(100_000);
  const companion = seed.serve('companion.iso', 2_000_000);
  await qbittorrent.addTorrent(companion.file);
  await connect(qbittorrent, seeder);
  await until('the sidecar knows the new ID', async () =>
    (await scene.status()).torrents.some(({ hash }) => hash === renamed.hash),
  );

  const keys = [renamed.v1 ?? '', both.hash, v2Only.hash, byV2.hash, companion.hash];
  await untilShown(scene, keys);
  seed.setRate(Infinity);
  const hashes = keys.with(0, renamed.hash).join('|');
  await qbittorrent.api('torrents/setDownloadLimit', { hashes, limit: '0' });
  const messages = await untilAnnounced(scene, keys.length);
  for (const [index, torrent] of [renamed, both, v2Only, byV2, companion].entries()) {
    assertAnnouncedOnce(messages, keys[index] ?? '', torrent);
  }
  assertLeft(messages, keys);
  assert.ok(scene.log.every((line) => !line.includes('the torrent was removed')));
}

// The tests mostly wait.
describe('magnets', { concurrency: 3 }, () => {
  for (const generation of GENERATIONS) {
    realTest(
      `a magnet whose torrent gets another ID with its metadata keeps its card on qBittorrent ${generation}, and with any hash it is announced once`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      () => downloadMagnets(generation),
    );
  }
});
