import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { realTest, until } from '../servers/index.ts';
import type { NtfyMessage, QbittorrentGeneration, SeededTorrent } from '../servers/index.ts';
import { startScene } from './harness.ts';
import type { Scene } from './harness.ts';
import { hookLine } from '../support/sidecar.ts';
import { assertLeft, assertAnnouncedOnce, callHook, untilAnnounced } from './kinds.ts';

const GENERATIONS: QbittorrentGeneration[] = ['legacy', '5.1', 'current'];
const KINDS = ['v1', 'v2', 'hybrid'] as const;

/** Neither fills its last piece; the one in the folder is a single block. */
const FILES = [
  { path: 'a.bin', bytes: 700_001 },
  { path: 'folder/b.bin', bytes: 10_000 },
  { path: 'c.bin', bytes: 600_000 },
].toSorted((a, b) => (a.path < b.path ? -1 : 1));

/** Of each kind one torrent with one file, and one with several. */
function serve(scene: Scene, label: string): SeededTorrent[] {
  return KINDS.flatMap((kind) => [
    scene.seed.serve(`${kind} ${label}.iso`, 1_300_003, kind),
    scene.seed.serve(`${kind} ${label}`, FILES, kind),
  ]);
}

/** With %I a hybrid is tracked by its v1 hash, unless the scan for a v2-only torrent found it first, by its ID. */
function keyOf(messages: readonly NtfyMessage[], { v1, hash }: SeededTorrent): string {
  return v1 !== null && messages.some(({ sequence_id }) => sequence_id === `qbit-${v1}-done`) ? v1 : hash;
}

async function add(scene: Scene, torrents: readonly SeededTorrent[]): Promise<void> {
  const before = (await scene.status()).torrents.length;
  for (const { file } of torrents) await scene.qbittorrent.addTorrent(file);
  await until('all of them are tracked', async () => {
    return (await scene.status()).torrents.length === before + torrents.length;
  });
}

// The tests mostly wait.
describe('v1, v2-only and hybrid torrents', { concurrency: 3 }, () => {
  for (const generation of GENERATIONS) {
    realTest(
      `v1, v2-only and hybrid torrents have one card and one completion each on qBittorrent ${generation}, with %K and with %I`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using scene = await startScene({ qbittorrent: generation, rate: 500_000 });
        const [byId, byV1] = [serve(scene, 'by K'), serve(scene, 'by I')];
        await add(scene, byId);
        await scene.qbittorrent.setAddedHook(hookLine(scene.sidecar).replace('%K', '%I'));
        await add(scene, byV1);
        await until('all have a card', async () => {
          const shown = new Set((await scene.messages()).map(({ title }) => title));
          return [...byId, ...byV1].every(({ name }) => shown.has(name));
        });
        scene.seed.setRate(Infinity);

        const messages = await untilAnnounced(scene, 12);
        for (const torrent of byId) assertAnnouncedOnce(messages, torrent.hash, torrent);
        const keys = byV1.map((torrent) => keyOf(messages, torrent));
        for (const [index, torrent] of byV1.entries())
          assertAnnouncedOnce(messages, keys[index] ?? '', torrent);
        assertLeft(messages, [...byId.map(({ hash }) => hash), ...keys]);
        assert.equal(scene.toQbittorrent.logins(), 1);
        assert.ok(scene.log.every((line) => !line.includes('the torrent was removed')));

        for (const { hash, v1, v2 } of [...byId, ...byV1]) {
          for (const name of [hash, v1, v2, v1 === null ? '-' : null]) {
            if (name === null) continue;
            for (const path of ['track', 'finished']) await callHook(scene, path, name);
          }
        }
        const later = await untilAnnounced(scene, 12);
        assert.equal(later.length, messages.length, 'late hooks, by any hash, announce nothing');
      },
    );
  }
});
