import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import { startScene } from './harness.ts';
import type { Scene } from './harness.ts';
import { hookLine } from '../support/sidecar.ts';

const audible = async (scene: Scene) => (await scene.messages()).filter(({ priority }) => priority === 4);
const finishHook = (scene: Scene) => ({
  autorun_enabled: true,
  autorun_program: hookLine(scene.sidecar).replace('/track', '/finished'),
});

realTest(
  'with the finish hook a completion does not wait for the next poll, and is sent once',
  { needs: ['qbittorrent current', 'ntfy current'] },
  async () => {
    await using scene = await startScene({
      qbittorrent: 'current',
      rate: 4_000_000,
      // Without the hook it would be sent after an hour.
      env: { POLL_INTERVAL: '1h' },
    });
    await scene.qbittorrent.setPreferences(finishHook(scene));
    const torrent = scene.seed.serve('hooked.iso', 8_000_000);
    await scene.qbittorrent.addTorrent(torrent.file);
    await until(
      'it is announced and no longer tracked',
      async () => (await audible(scene)).length === 1 && (await scene.status()).torrents.length === 0,
    );
    const late = await fetch(`http://127.0.0.1:${scene.sidecar.hook.port}/finished?hash=${torrent.hash}`, {
      method: 'POST',
    });
    assert.equal(await late.text(), `Marked as finished: ${torrent.hash}`);
    const second = scene.seed.serve('second.iso', 1_000_000);
    await scene.qbittorrent.addTorrent(second.file);
    await until('the second is announced', async () => (await audible(scene)).length === 2);
    assert.deepEqual(
      (await audible(scene)).map(({ sequence_id }) => sequence_id),
      [torrent, second].map(({ hash }) => `qbit-${hash}-done`),
    );
    assert.equal(scene.toQbittorrent.logins(), 1);
  },
);

realTest(
  'the finish hook alone is sufficient for a completion',
  { needs: ['qbittorrent legacy', 'ntfy current'] },
  async () => {
    await using scene = await startScene({ qbittorrent: 'legacy', rate: 4_000_000 });
    await scene.qbittorrent.setPreferences({ ...finishHook(scene), autorun_on_torrent_added_enabled: false });
    const torrent = scene.seed.serve('unannounced.iso', 2_000_000);
    await scene.qbittorrent.addTorrent(torrent.file);
    const announced = await until('it is announced', async () => {
      const messages = await audible(scene);
      return messages.length > 0 && messages;
    });
    assert.deepEqual(
      announced.map(({ sequence_id }) => sequence_id),
      [`qbit-${torrent.hash}-done`],
    );
  },
);

realTest(
  'without any hook new torrents are found by scans, and existing ones are not announced',
  { needs: ['qbittorrent 5.1', 'ntfy current'] },
  async () => {
    await using scene = await startScene({ qbittorrent: '5.1', rate: 4_000_000, env: { DISCOVER: '10s' } });
    await scene.qbittorrent.setPreferences({ autorun_on_torrent_added_enabled: false });
    await until('it has scanned once', () =>
      scene.toQbittorrent.requests.some(
        ({ body, status }) => body.includes('sort=added_on') && status === 200,
      ),
    );
    const torrent = scene.seed.serve('discovered.iso', 2_000_000);
    await scene.qbittorrent.addTorrent(torrent.file);
    const announced = await until(
      'it is announced',
      async () => {
        const messages = await audible(scene);
        return messages.length > 0 && messages;
      },
      { deadline: 60_000 },
    );
    assert.deepEqual(
      announced.map(({ sequence_id }) => sequence_id),
      [`qbit-${torrent.hash}-done`],
    );
  },
);

realTest(
  'AUTO_INSTALL_HOOK installs both hooks at the start, and again after they were removed, but never replaces another command',
  { needs: ['qbittorrent 5.1', 'ntfy current'] },
  async () => {
    await using scene = await startScene({
      qbittorrent: '5.1',
      rate: 4_000_000,
      env: { AUTO_INSTALL_HOOK: 'true', POLL_INTERVAL: '1h' },
    });
    const program = async (name: string): Promise<unknown> => {
      const preferences: unknown = await (await scene.qbittorrent.api('app/preferences')).json();
      return (preferences as Record<string, unknown>)[name];
    };
    await until('both are there', async () =>
      String(await program('autorun_program')).includes('/finished?hash=%K'),
    );
    const torrent = scene.seed.serve('by itself.iso', 4_000_000);
    await scene.qbittorrent.addTorrent(torrent.file);
    await until('it is announced', async () => (await audible(scene)).length === 1);

    await scene.qbittorrent.setPreferences({
      autorun_on_torrent_added_enabled: true,
      autorun_on_torrent_added_program: '/usr/bin/true "%N"',
      autorun_program: '',
    });
    await scene.qbittorrent.restart();
    // The next request finds the session expired, and the sidecar logs in again.
    await fetch(`http://127.0.0.1:${scene.sidecar.hook.port}/track?hash=${'ef'.repeat(20)}`, {
      method: 'POST',
    });
    await until('the one is back', async () =>
      String(await program('autorun_program')).includes('/finished?hash=%K'),
    );
    assert.equal(await program('autorun_on_torrent_added_program'), '/usr/bin/true "%N"');
  },
);
