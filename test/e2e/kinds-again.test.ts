import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { realTest, until } from '../servers/index.ts';
import type { QbittorrentGeneration, SeededTorrent } from '../servers/index.ts';
import { startScene } from './harness.ts';
import type { Scene } from './harness.ts';
import { assertLeft, isCompletion, isOver, untilShown, untilAnnounced } from './kinds.ts';

const GENERATIONS: QbittorrentGeneration[] = ['legacy', '5.1', 'current'];
const FINISHED = /^(stalledUP|uploading)$/;

/** How often each torrent was announced, by its name in the message. */
async function toldOf(scene: Scene): Promise<Record<string, number>> {
  const texts = (await scene.messages()).filter(isCompletion).map(({ message }) => message ?? '');
  const names = texts.map((text) => text.replace(/ has finished downloading\.[^]*$/, ''));
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

const addAll = async ({ qbittorrent }: Scene, torrents: readonly SeededTorrent[]) => {
  for (const { file } of torrents) await qbittorrent.addTorrent(file);
};

// The tests mostly wait.
describe('torrents that are added again', { concurrency: 3 }, () => {
  for (const generation of GENERATIONS) {
    realTest(
      `a torrent that is deleted and added again is announced each time it was downloaded, and never after a check, on qBittorrent ${generation}`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using scene = await startScene({ qbittorrent: generation, rate: 300_000 });
        const { qbittorrent, seed } = scene;
        const serve = (name: string) => seed.serve(name, 1_500_000);
        const [midway, keptMidway, after, keptAfter, checked] = [
          serve('midway'),
          serve('midway, files kept'),
          serve('after'),
          serve('after, files kept'),
          serve('checked'),
        ] as const;
        const all = [midway, keptMidway, after, keptAfter, checked];

        await addAll(scene, all);
        await untilShown(scene, [midway.hash, keptMidway.hash]);
        await qbittorrent.remove(midway.hash, true);
        await qbittorrent.remove(keptMidway.hash, false);
        await until('both are gone', async () => (await qbittorrent.list()).length === 3);
        await addAll(scene, [midway, keptMidway]);
        seed.setRate(3_000_000);
        await untilAnnounced(scene, 5);
        const once = Object.fromEntries(all.map(({ name }) => [name, 1]));
        assert.deepEqual(await toldOf(scene), once);

        await qbittorrent.api('torrents/recheck', { hashes: checked.hash });
        await qbittorrent.remove(after.hash, true);
        await qbittorrent.remove(keptAfter.hash, false);
        await sleep(1100); // the timestamps of ntfy and qBittorrent are in seconds
        await addAll(scene, [after, keptAfter]);
        const messages = await untilAnnounced(scene, 6);
        // Nothing of it was downloaded again.
        assert.deepEqual(await toldOf(scene), { ...once, [after.name]: 2 });
        assertLeft(
          messages,
          all.map(({ hash }) => hash),
        );
      },
    );

    realTest(
      `a torrent that is complete when it is added is not announced, checked or not, on qBittorrent ${generation}`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using scene = await startScene({ qbittorrent: generation, rate: Infinity });
        const { qbittorrent, seed } = scene;
        const torrents = ['checked', 'trusted'].map((name) => seed.serve(name, 1_000_000));
        const [toCheck, trusted] = torrents as [SeededTorrent, SeededTorrent];
        // Its data comes from a download that is not detected: no hook, and no scan at the start.
        await until('it has looked', async () => (await scene.status()).discovery?.scan === 'idle');
        await qbittorrent.setPreferences({ autorun_on_torrent_added_enabled: false });
        await addAll(scene, torrents);
        await until('the data is there', async () => {
          const states = (await qbittorrent.list()).map(({ state }) => String(state));
          return states.length === 2 && states.every((state) => FINISHED.test(state));
        });
        for (const { hash } of torrents) await qbittorrent.remove(hash, false);
        await qbittorrent.setPreferences({ autorun_on_torrent_added_enabled: true });
        assert.deepEqual(await scene.messages(), []);
        await sleep(1100);
        await qbittorrent.addTorrent(toCheck.file);
        await qbittorrent.addTorrent(trusted.file, { skip_checking: 'true', seedMode: 'true' });

        await until(
          'both are tracked',
          () => scene.log.filter((line) => line.includes('tracking')).length === 2,
        );
        await until('both are over', () => isOver(scene));
        assert.deepEqual(await scene.messages(), []);
      },
    );
  }
});
