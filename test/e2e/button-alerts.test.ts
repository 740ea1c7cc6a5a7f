/** Buttons of alerts, and of torrents that were added again, on real servers. */
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { realTest, until } from '../servers/index.ts';
import { startButtonScene } from './button-scene.ts';

const SECOND = 1000;

// The tests mostly wait.
describe('buttons', { concurrency: 3 }, () => {
  for (const generation of ['legacy', 'current'] as const)
    realTest(
      `a stalled torrent can be reannounced, and one whose files are missing rechecked, qBittorrent ${generation}`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current', 'curl'] },
      async () => {
        const policy = { stallTime: 2 * SECOND, stalledAfter: 4 * SECOND, idleInterval: SECOND };
        await using scene = await startButtonScene({ qbittorrent: generation, policy });
        const { seed, phone, requestsFor, said, qbittorrent, stateOf } = scene;
        const { hash, card } = await scene.download('a.iso');
        const alert = `${card}-err`;
        // Without a piece on the disk no file can be missing.
        seed.setRate(500_000);
        const isBegun = async () => Number((await qbittorrent.find(hash))?.['progress']) > 0.2;
        await until('a part is downloaded', isBegun);
        seed.pause();
        await until('it is reported as stalled', () => phone.shown(alert)?.buttons[0] === 'Reannounce');
        const sounds = phone.sounds.length;
        await scene.press(alert, 'Reannounce');
        await said(alert, /^Reannounced/);
        assert.equal(
          requestsFor(hash, /torrents\/reannounce$/).filter(({ status }) => status === 200).length,
          1,
        );

        const folder = join(qbittorrent.profile, 'downloads');
        await qbittorrent.restart(() => renameSync(folder, `${folder}.away`));
        await until('its files are missing', async () => (await stateOf(hash)) === 'missingFiles');
        await until('that is reported', () => phone.shown(alert)?.buttons[0] === 'Recheck');
        await scene.press(alert, 'Recheck');
        await until('it is rechecked', async () => (await stateOf(hash)) !== 'missingFiles');
        assert.equal(
          requestsFor(hash, /torrents\/recheck$/).filter(({ status }) => status === 200).length,
          1,
        );
        assert.equal(phone.sounds.length, sounds + 1);
      },
    );

  realTest(
    'a button of a torrent that was deleted and added again has no effect on the new one',
    { needs: ['qbittorrent current', 'ntfy current', 'curl'] },
    async () => {
      await using scene = await startButtonScene({ qbittorrent: 'current' });
      const { phone, qbittorrent, commandUrl, requestsFor, seed, stateOf } = scene;
      const { hash, card } = await scene.download('a.iso');
      const bodies = (phone.card(card)?.actions ?? []).map(({ body }) => String(body));
      assert.equal(bodies.length, 3);
      await qbittorrent.remove(hash);
      // qBittorrent counts the time of an addition in seconds.
      await until('a second has passed', async () => {
        const since = scene.sidecar().supervisor.getSnapshot().context.registry.records.get(hash)?.since ?? 0;
        return Date.now() - since > 2 * SECOND;
      });
      await qbittorrent.addTorrent(seed.serve('a.iso', 5_000_000).file);
      await until('its card has other buttons', () => {
        const now = (phone.card(card)?.actions ?? []).map(({ body }) => body);
        return now.length === 3 && now.every((body) => !bodies.includes(String(body)));
      });
      for (const body of bodies) await fetch(commandUrl, { method: 'POST', body });
      await scene.press(card, 'Mute');
      await scene.said(card, /^Muted/);
      assert.notEqual(await stateOf(hash), 'gone');
      assert.equal(requestsFor(hash, /torrents\/(pause|stop|delete)$/).length, 0);
    },
  );
});
