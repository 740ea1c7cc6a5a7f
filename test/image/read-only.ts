/** The image on a volume that became read-only. */
import assert from 'node:assert/strict';
import { startNtfy, startProxy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import { startContainer } from './container.ts';
import { imageTest } from './image-test.ts';
import { createSettings, TOPIC } from './settings.ts';

const COUNT = 5;

imageTest(
  'in the image every stored completion is sent when the volume is read-only after a kill',
  { needs: ['qbittorrent current', 'ntfy current', 'curl'] },
  async (room) => {
    await using qbittorrent = await startQbittorrent('current');
    await using ntfy = await startNtfy('current', { requestLimit: 'none' });
    await using seed = await startWebSeed();
    let isAway = true;
    await using toNtfy = await startProxy(ntfy.url, { firewall: () => (isAway ? 503 : null) });
    const { env, options } = await createSettings(room, qbittorrent, { ...ntfy, url: toNtfy.url });
    const volume = (mode: string) => [...options.slice(0, 1), `--volume=state-read-only:/state${mode}`];
    const torrents = Array.from({ length: COUNT }, (_, index) =>
      seed.serve(`stored-${index}.iso`, 1_000_000),
    );
    {
      await using first = await startContainer(room, { env, options: volume('') });
      await until('the hook is installed', async () => (await first.log()).includes('installed the hook'), {
        every: 1000,
      });
      for (const { file } of torrents) await qbittorrent.addTorrent(file);
      await until('all are complete, and wait for ntfy', async () => {
        const answer = await fetch(`http://127.0.0.1:${env['OPS_PORT']}/status`).catch(() => null);
        const status = (await answer?.json()) as { torrents: { state: string }[] } | undefined;
        return status?.torrents.filter(({ state }) => state === 'notifying.completion').length === COUNT;
      });
      await first.kill();
    }
    assert.deepEqual(await ntfy.messages(TOPIC), []);
    isAway = false;
    await using second = await startContainer(room, { env, options: volume(':ro') });
    /** The cards that show the completion of each torrent: its own, or one that lists several. */
    const cards = async () => {
      const messages = (await ntfy.messages(TOPIC)).filter(({ title = '' }) => /complete$/i.test(title));
      return torrents.map(({ name }) => {
        const showing = messages.filter(({ message = '' }) => message.includes(name));
        return new Set(showing.map(({ sequence_id }) => sequence_id)).size;
      });
    };
    await until('all are sent', async () => (await cards()).every((count) => count > 0));
    assert.deepEqual(
      await cards(),
      torrents.map(() => 1),
    );
    assert.match(await second.log(), /STATE_DIR is not writable/);
    assert.equal(await second.stop(), 0);
  },
);
