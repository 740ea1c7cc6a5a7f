/** Buttons on real servers: a phone, an ntfy with access control, and qBittorrent 4.5, 5.1 and 5.3. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { realTest, until } from '../servers/index.ts';
import { startButtonScene } from './button-scene.ts';
import type { ButtonScene } from './button-scene.ts';

const PAUSE = /torrents\/(pause|stop)$/;
const RESUME = /torrents\/(resume|start)$/;
const DELETE = /torrents\/delete$/;

const isPaused = (state: string) => /^(paused|stopped)/.test(state);

/** Presses, waits for the effect, and prints how long it took. */
async function pressUntil(
  scene: ButtonScene,
  t: TestContext,
  { card, label, effect }: { card: string; label: string; effect: () => Promise<boolean> | boolean },
): Promise<void> {
  const from = performance.now();
  await Promise.all([scene.press(card, label), until(`${label} has its effect`, effect)]);
  t.diagnostic(`${label}: ${Math.round(performance.now() - from)} ms`);
}

for (const generation of ['legacy', '5.1', 'current'] as const)
  realTest(
    `each button has its effect once, qBittorrent ${generation}`,
    { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
    async (t) => {
      await using scene = await startButtonScene({ qbittorrent: generation });
      const { phone, requestsFor, stateOf, said } = scene;
      const { hash, card } = await scene.download('a.iso');
      const other = await scene.download('b.iso');

      await pressUntil(scene, t, { card, label: 'Pause', effect: async () => isPaused(await stateOf(hash)) });
      await said(card, /^Paused/);
      assert.ok(!isPaused(await stateOf(other.hash)));
      await pressUntil(scene, t, {
        card,
        label: 'Resume',
        effect: async () => !isPaused(await stateOf(hash)),
      });
      await said(card, /^Resumed/);

      await scene.press(card, 'Mute');
      await said(card, /^Muted at \d+%/);
      await scene.press(card, 'Unmute');
      await said(card, /^Unmuted/);

      await scene.press(card, 'Delete');
      await said(card, /^Delete this torrent\?/);
      await scene.press(card, 'Keep');
      await until('the question is gone', () => phone.shown(card)?.message?.startsWith('Delete') === false);
      assert.equal(requestsFor(hash, DELETE).length, 0);

      await scene.press(card, 'Delete');
      await said(card, /^Delete this torrent\?/);
      await pressUntil(scene, t, {
        card,
        label: 'Delete with files',
        effect: async () => (await stateOf(hash)) === 'gone',
      });
      await until('its card is deleted', () => phone.shown(card) === null);

      assert.equal(requestsFor(hash, PAUSE).filter(({ status }) => status === 200).length, 1);
      assert.equal(requestsFor(hash, RESUME).filter(({ status }) => status === 200).length, 1);
      assert.equal(requestsFor(hash, DELETE).length, 1);
      assert.notEqual(await stateOf(other.hash), 'gone');
    },
  );

realTest('a browser can press, too', { needs: ['qbittorrent current', 'ntfy current'] }, async () => {
  await using scene = await startButtonScene({ qbittorrent: 'current', as: 'web' });
  const { hash, card } = await scene.download('a.iso');
  await scene.press(card, 'Pause');
  await until('it is paused', async () => isPaused(await scene.stateOf(hash)));
});

realTest(
  'a press while the sidecar does not run counts after its start; one that was repeated by anyone counts once',
  { needs: ['qbittorrent current', 'ntfy current'] },
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'buttons-'));
    try {
      await using scene = await startButtonScene({ qbittorrent: 'current', env: { STATE_DIR: dir } });
      const { hash, card } = await scene.download('a.iso');
      const body = scene.phone.card(card)?.actions?.find(({ label }) => label === 'Pause')?.body;
      assert.ok(typeof body === 'string');
      await scene.restart(async () => {
        await scene.press(card, 'Pause');
      });
      await until('it is paused', async () => isPaused(await scene.stateOf(hash)));
      await scene.said(card, /^Paused/);
      for (let times = 0; times < 3; times += 1) await fetch(scene.commandUrl, { method: 'POST', body });
      await scene.press(card, 'Resume');
      await until('it downloads', async () => !isPaused(await scene.stateOf(hash)));
      await scene.said(card, /^Resumed/);
      assert.equal(scene.requestsFor(hash, PAUSE).filter(({ status }) => status === 200).length, 1);
    } finally {
      await rm(dir, { recursive: true });
    }
  },
);
