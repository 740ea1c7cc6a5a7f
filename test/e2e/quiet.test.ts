import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import type { QuietHours } from '../../machines/quiet/types.ts';
import { realTest, startProxy, until } from '../servers/index.ts';
import type { NtfyMessage } from '../servers/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import { startScene, TOPIC } from './harness.ts';
import type { Scene } from './harness.ts';

/** Quiet hours that the test ends; checked each second instead of each minute. */
function createHours() {
  const state = { isOver: false };
  const hours: QuietHours = {
    periodAt: (at) => ({ isQuiet: !state.isOver, until: at + 1000 }),
    through: new Set(),
  };
  return { state, quietHours: () => hours };
}

const audible = async (scene: Scene): Promise<NtfyMessage[]> =>
  (await scene.messages()).filter(({ event, priority = 3 }) => event === 'message' && priority >= 3);
const completions = async (scene: Scene): Promise<NtfyMessage[]> =>
  (await scene.messages()).filter(({ sequence_id }) => sequence_id?.endsWith('-done'));

async function finishTwo(scene: Scene): Promise<void> {
  const torrents = ['a.iso', 'b.iso'].map((name) => scene.seed.serve(name, 2_000_000));
  for (const { file } of torrents) await scene.qbittorrent.addTorrent(file);
  await until('both are complete', async () => (await completions(scene)).length === 2);
  await until('and tracked no more', async () => (await scene.status()).torrents.length === 0);
}

describe('quiet hours', { concurrency: 2 }, () => {
  realTest(
    'two downloads that finish in quiet hours are on the phone at once, and make one sound when they are over',
    { needs: ['qbittorrent current', 'ntfy current'] },
    async () => {
      const { state, quietHours } = createHours();
      await using scene = await startScene({ qbittorrent: 'current', quietHours });
      await finishTwo(scene);
      assert.deepEqual(await audible(scene), []);
      state.isOver = true;
      const [digest] = await until('there is a sound', async () => {
        const messages = await audible(scene);
        return messages.length > 0 && messages;
      });
      assert.equal(digest?.title, 'While quiet: 2 downloads complete');
      assert.match(digest?.sequence_id ?? '', /^qbit-q[0-9a-z]+$/);
      assert.deepEqual(digest?.message?.split('\n').toSorted(), ['a.iso (2.0 MB)', 'b.iso (2.0 MB)']);
      const third = scene.seed.serve('c.iso', 2_000_000);
      await scene.qbittorrent.addTorrent(third.file);
      await until('the next one makes its own sound', async () => (await audible(scene)).length === 2);
      assert.equal((await audible(scene))[1]?.sequence_id, `qbit-${third.hash}-done`);
    },
  );

  realTest(
    'a restart in quiet hours keeps the digest, and ntfy that is away at their end gets it later, once',
    { needs: ['qbittorrent 5.1', 'ntfy current'] },
    async () => {
      const { state, quietHours } = createHours();
      const ntfyState = { isAway: false };
      const stateDir = mkdtempSync(join(tmpdir(), 'quiet-'));
      const env = { STATE_DIR: stateDir, INSTANCE_NAME: 'qbit', NTFY_RETRY_MAX: '2s' };
      try {
        await using scene = await startScene({ qbittorrent: '5.1', quietHours, env });
        await finishTwo(scene);
        await scene.sidecar.stop();
        await using toNtfy = await startProxy(scene.ntfy.url, {
          firewall: () => (ntfyState.isAway ? 503 : null),
        });
        const second = await startSidecar(
          {
            ...env,
            QBIT_HOST: scene.toQbittorrent.url,
            QBIT_USER: scene.qbittorrent.username,
            QBIT_PASS: scene.qbittorrent.password,
            NTFY_TOPIC: `${toNtfy.url}/${TOPIC}`,
          },
          [],
          {},
          { quietHours },
        );
        try {
          ntfyState.isAway = true;
          state.isOver = true;
          const quiet = () => second.supervisor.getSnapshot().children.quiet?.getSnapshot().value;
          await until('the outbox has the digest', () => quiet() === 'sending', { deadline: 120_000 });
          assert.deepEqual(await audible(scene), []);
          ntfyState.isAway = false;
          await until('ntfy has accepted it', () => quiet() === 'idle');
          assert.deepEqual(
            (await audible(scene)).map(({ title }) => title),
            ['While quiet: 2 downloads complete'],
          );
        } finally {
          await second.stop();
        }
      } finally {
        rmSync(stateDir, { recursive: true, force: true });
      }
    },
  );
});
