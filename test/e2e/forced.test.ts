import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { realTest, until } from '../servers/index.ts';
import type { NtfyMessage, QbittorrentGeneration } from '../servers/index.ts';
import { startScene } from './harness.ts';
import type { Scene } from './harness.ts';

const GENERATIONS: QbittorrentGeneration[] = ['5.1', 'current'];
/** Delays of minutes, shortened to seconds. */
const POLICY = { stall: 3000, stalledAfter: 4000, correctionInterval: 2000 };

const isCard = ({ event, sequence_id }: NtfyMessage, key: string): boolean =>
  event === 'message' && sequence_id === `qbit-${key}`;

/** The progress card: its first line, and whether it is an estimate. */
const saysOf = async (scene: Scene, key: string) =>
  (await scene.messages()).filter((message) => isCard(message, key)).map(({ message }) => message ?? '');

const alertsOf = async (scene: Scene, key: string) =>
  (await scene.messages()).filter(({ sequence_id }) => sequence_id === `qbit-${key}-err`);

/** Two consecutive messages with the same percent and a speed: the estimate was corrected. */
const hasCorrection = (says: readonly string[]): boolean =>
  says.some((text, index) => {
    const before = says[index - 1];
    if (before === undefined || ![before, text].every((each) => each.includes('ETA'))) return false;
    return text.split('\n')[0] === before.split('\n')[0];
  });

// The tests mostly wait.
describe('a forced torrent', { concurrency: 2 }, () => {
  for (const generation of GENERATIONS) {
    realTest(
      `a forced torrent whose source disappears is shown as stalled, with one sound, on qBittorrent ${generation}`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using scene = await startScene({ qbittorrent: generation, rate: 50_000, policy: POLICY });
        const { qbittorrent, seed } = scene;
        await qbittorrent.setPreferences({ refresh_interval: 250 });
        const { file, hash } = seed.serve('forced.iso', 40_000_000);
        await qbittorrent.addTorrent(file);
        await qbittorrent.api('torrents/setForceStart', { hashes: hash, value: 'true' });
        // It starts without one; 1 % takes 8 s.
        await until('its estimate is corrected', async () => hasCorrection(await saysOf(scene, hash)));

        seed.pause();
        await until('it is text aloud', async () => (await alertsOf(scene, hash)).length === 1);
        assert.equal((await qbittorrent.find(hash))?.['state'], 'forcedDL');
        assert.ok((await saysOf(scene, hash)).at(-1)?.includes('Stalled'));

        seed.resume();
        await until('the alert is gone', async () => (await alertsOf(scene, hash)).length === 2);
        seed.pause();
        await until('it has stalled again', async () => (await alertsOf(scene, hash)).length === 3);
        assert.deepEqual(
          (await alertsOf(scene, hash)).map(({ event, priority }) => `${event} ${priority ?? ''}`),
          ['message 4', 'message_delete ', 'message 2'],
        );
      },
    );
  }
});
