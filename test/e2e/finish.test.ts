import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { realTest, until } from '../servers/index.ts';
import type { QbittorrentGeneration, SeededTorrent } from '../servers/index.ts';
import { startScene } from './harness.ts';
import type { Scene } from './harness.ts';
import { hookLine } from '../support/sidecar.ts';
import { callHook, isCompletion, isOver, untilAnnounced } from './kinds.ts';

const GENERATIONS: QbittorrentGeneration[] = ['legacy', '5.1', 'current'];

/** A scene whose qBittorrent calls both hooks. */
async function startHooked(generation: QbittorrentGeneration, rate: number, preferences: object = {}) {
  const scene = await startScene({ qbittorrent: generation, rate });
  const program = hookLine(scene.sidecar).replace('/track', '/finished');
  await scene.qbittorrent.setPreferences({
    autorun_enabled: true,
    autorun_program: program,
    ...preferences,
  });
  return scene;
}

const completionsIn = async (scene: Scene) => (await scene.messages()).filter(isCompletion);

const sequencesOf = (torrents: readonly SeededTorrent[]): string[] =>
  torrents.map(({ hash }) => `qbit-${hash}-done`).toSorted();

// The tests mostly wait.
describe('a torrent that qBittorrent removes when it is finished', { concurrency: 3 }, () => {
  for (const generation of GENERATIONS) {
    realTest(
      `is announced with its name, on qBittorrent ${generation}`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using scene = await startHooked(generation, 1_500_000, {
          max_ratio_enabled: true,
          max_ratio: 0,
          max_ratio_act: 1,
        });
        const torrents = ['one', 'two', 'three'].map((name) => scene.seed.serve(`${name}.iso`, 2_000_000));
        scene.seed.pause();
        for (const { file } of torrents) await scene.qbittorrent.addTorrent(file);
        // Otherwise qBittorrent may remove one before the sidecar has seen its name.
        await until('their names are known', async () => {
          const tracked = (await scene.status()).torrents;
          return tracked.length === torrents.length && tracked.every(({ name }) => name !== null);
        });
        scene.seed.resume();
        const messages = await untilAnnounced(scene, 3);
        await until('all are removed', async () => (await scene.qbittorrent.list()).length === 0);
        const completions = messages.filter(isCompletion);
        assert.deepEqual(
          completions.map(({ sequence_id }) => String(sequence_id)).toSorted(),
          sequencesOf(torrents),
        );
        for (const { message } of completions)
          assert.match(message ?? '', /^(one|two|three)\.iso has finished downloading\.\n2\.0 MB/);

        // Late hooks of announced torrents have no effect; an unknown torrent has no name.
        for (const { hash } of torrents) await callHook(scene, 'finished', hash);
        const unknown = 'ab'.repeat(20);
        await callHook(scene, 'finished', unknown);
        const all = (await untilAnnounced(scene, 4)).filter(isCompletion);
        assert.equal(all.length, 4);
        assert.equal(all.at(-1)?.sequence_id, `qbit-${unknown}-done`);
        assert.equal(all.at(-1)?.message, 'Torrent abababab has finished downloading.');
      },
    );
  }
});

describe('a torrent that qBittorrent checks again when it completes', { concurrency: 3 }, () => {
  for (const generation of GENERATIONS) {
    realTest(
      `is complete only after the invalid part was downloaded again, on qBittorrent ${generation}`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using scene = await startHooked(generation, 1_000_000, {
          recheck_completed_torrents: true,
          // qBittorrent's default: it shows the finished state for this long before the check.
          refresh_interval: 1500,
        });
        const torrent = scene.seed.serve('checked.iso', 5_000_000);
        await scene.qbittorrent.addTorrent(torrent.file);
        const find = () => scene.qbittorrent.find(torrent.hash);
        await until('most of it is there', async () => Number((await find())?.['progress']) > 0.7);
        const file = join(scene.qbittorrent.profile, 'downloads', torrent.name);
        const original = await readAt(file, 0);
        await overwrite(file, 0);
        await until('it is announced', async () => (await completionsIn(scene)).length > 0, {
          deadline: 60_000,
        });
        assert.ok((await readAt(file, 0)).equals(original), 'the invalid part is downloaded again');
        await until('all is over', () => isOver(scene));
        assert.equal((await completionsIn(scene)).length, 1);
      },
    );
  }
});

describe('a torrent of which no file is selected', { concurrency: 3 }, () => {
  for (const generation of GENERATIONS) {
    realTest(
      `is not complete, from the start or later, and is announced when files selected later are complete, on qBittorrent ${generation}`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using scene = await startHooked(generation, 500_000);
        const { qbittorrent, seed } = scene;
        const files = [
          { path: 'a.bin', bytes: 2_000_000 },
          { path: 'b.bin', bytes: 1_000_000 },
        ];
        const [early, late] = [seed.serve('early', files), seed.serve('late', files)];
        const select = async ({ hash }: SeededTorrent, priority: number) => {
          const form = { hash, id: '0|1', priority: String(priority) };
          assert.equal((await qbittorrent.api('torrents/filePrio', form)).status, 200);
        };
        const stateOf = async ({ hash }: SeededTorrent) =>
          (await scene.status()).torrents.find((torrent) => torrent.hash === hash)?.state;
        const isUnselected = async (torrent: SeededTorrent) =>
          String(await stateOf(torrent)).endsWith('unselected');
        await qbittorrent.addTorrent(early.file, { stopped: 'true' });
        await until('its files can be chosen', async () => {
          const list = await qbittorrent.api(`torrents/files?hash=${early.hash}`);
          return list.ok && ((await list.json()) as unknown[]).length === files.length;
        });
        await select(early, 0);
        await qbittorrent.startTorrent(early.hash);
        await qbittorrent.addTorrent(late.file);
        await until('the other has begun', async () => (await stateOf(late)) === 'polling.downloading');
        await select(late, 0);
        await until(
          'neither has a file',
          async () => (await isUnselected(early)) && (await isUnselected(late)),
        );
        await callHook(scene, 'finished', early.hash);
        await sleep(3000);
        assert.deepEqual(await completionsIn(scene), []);
        seed.setRate(Infinity);
        await select(early, 1);
        await select(late, 1);
        const completions = (await untilAnnounced(scene, 2)).filter(isCompletion);
        assert.deepEqual(
          completions.map(({ sequence_id }) => String(sequence_id)).toSorted(),
          sequencesOf([early, late]),
        );
        for (const { message } of completions) assert.match(message ?? '', /^3\.0 MB/m);

        // Removed and added again with its data: nothing is downloaded, so there is nothing to announce.
        const before = (await scene.messages()).length;
        await qbittorrent.remove(early.hash, false);
        await qbittorrent.addTorrent(early.file);
        await until('it is complete', async () =>
          /^(stalledUP|uploading)$/.test(String((await qbittorrent.find(early.hash))?.['state'])),
        );
        await callHook(scene, 'finished', early.hash);
        await until('all is over', () => isOver(scene));
        assert.equal((await scene.messages()).length, before);
      },
    );
  }
});

const BROKEN = 65_536;

async function readAt(file: string, position: number): Promise<Buffer> {
  await using handle = await open(file, 'r');
  return (await handle.read(Buffer.alloc(BROKEN), 0, BROKEN, position)).buffer;
}

async function overwrite(file: string, position: number): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(BROKEN, 'x'), 0, BROKEN, position);
}
