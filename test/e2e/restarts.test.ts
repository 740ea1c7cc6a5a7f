import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMagnet, realTest, until, visibleCards } from '../servers/index.ts';
import type { QbittorrentGeneration } from '../servers/index.ts';
import { startScene, TOPIC } from './harness.ts';
import type { Scene } from './harness.ts';
import { hookLine, startSidecar } from '../support/sidecar.ts';

const cards = async (scene: Scene) => visibleCards(await scene.messages());
const showsProgress = (scene: Scene) => async () =>
  (await cards(scene)).some(({ priority }) => priority === 2);
const isFollowed = (scene: Scene) => async () => (await scene.status()).torrents.length > 0;
const isOver = (scene: Scene) => async () => (await scene.status()).torrents.length === 0;

// The tests mostly wait.
describe('restarts, removals and changes of state', { concurrency: 3 }, () => {
  realTest(
    'a torrent that is removed while downloading leaves no card and makes no sound',
    { needs: ['qbittorrent current', 'ntfy current'] },
    async () => {
      await using scene = await startScene({ qbittorrent: 'current', rate: 500_000 });
      const torrent = scene.seed.serve('removed.iso', 40_000_000);
      await scene.qbittorrent.addTorrent(torrent.file);
      await until('its card shows', showsProgress(scene));
      await scene.qbittorrent.remove(torrent.hash, true);
      await until('it is tracked no more', isOver(scene));
      assert.deepEqual(await cards(scene), []);
      assert.ok((await scene.messages()).every(({ priority }) => priority !== 4));
      assert.equal((await scene.status()).watcher.state, 'idle');
    },
  );

  for (const generation of ['legacy', '5.1', 'current'] satisfies QbittorrentGeneration[]) {
    realTest(
      `a restart of qBittorrent ${generation} during a download costs one more login and no message`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        await using scene = await startScene({ qbittorrent: generation, rate: 1_000_000 });
        const torrents = ['a.iso', 'b.iso', 'c.iso'].map((name) => scene.seed.serve(name, 4_000_000));
        for (const { file } of torrents) await scene.qbittorrent.addTorrent(file);
        await until('a card shows', showsProgress(scene));
        await scene.qbittorrent.restart();
        const announced = await until('all three are announced', async () => {
          const audible = (await scene.messages()).filter(({ priority }) => priority === 4);
          return audible.length >= 3 && (await isOver(scene)()) && audible;
        });
        assert.equal(announced.length, 3);
        assert.deepEqual(
          new Set(announced.map(({ sequence_id }) => sequence_id)),
          new Set(torrents.map(({ hash }) => `qbit-${hash}-done`)),
        );
        assert.equal((await cards(scene)).length, 3);
        assert.equal(scene.toQbittorrent.logins(), 2);
      },
    );
  }

  realTest(
    'a torrent that was added while the sidecar was down is found by a scan, and no old one is announced',
    { needs: ['qbittorrent current', 'ntfy current'] },
    async () => {
      await using scene = await startScene({ qbittorrent: 'current', rate: 3_000_000 });
      const old = scene.seed.serve('old.iso', 1_000_000);
      await scene.qbittorrent.addTorrent(old.file);
      await until('the first is announced', async () =>
        (await scene.messages()).some(({ priority }) => priority === 4),
      );
      await until('and over', isOver(scene));
      await scene.sidecar.stop();
      scene.seed.setRate(500_000);
      const unseen = scene.seed.serve('unseen.iso', 3_000_000);
      await scene.qbittorrent.addTorrent(unseen.file);
      // The answer arrives before the torrent is in the list; it would be missed then.
      await until('it is there', async () => (await scene.qbittorrent.find(unseen.hash)) !== null);
      const second = await startSidecar({
        QBIT_HOST: scene.toQbittorrent.url,
        QBIT_USER: scene.qbittorrent.username,
        QBIT_PASS: scene.qbittorrent.password,
        NTFY_TOPIC: `${scene.ntfy.url}/${TOPIC}`,
      });
      try {
        const announced = await until('the second is announced', async () => {
          const audible = (await scene.messages()).filter(({ priority }) => priority === 4);
          return audible.length >= 2 && audible;
        });
        assert.deepEqual(
          announced.map(({ sequence_id }) => sequence_id),
          [old, unseen].map(({ hash }) => `qbit-${hash}-done`),
        );
      } finally {
        await second.stop();
      }
    },
  );

  realTest(
    'a hook with %I instead of %K, in capitals, or with an unknown hash affects no other torrent',
    { needs: ['qbittorrent 5.1', 'ntfy current'] },
    async () => {
      await using scene = await startScene({ qbittorrent: '5.1', rate: 1_000_000 });
      await scene.qbittorrent.setAddedHook(hookLine(scene.sidecar).replace('%K', '%I'));
      const torrent = scene.seed.serve('by v1.iso', 3_000_000);
      await scene.qbittorrent.addTorrent(torrent.file);
      await until('it is tracked', isFollowed(scene));
      const track = (hash: string) =>
        fetch(`http://127.0.0.1:${scene.sidecar.hook.port}/track?hash=${hash}`, { method: 'POST' });
      assert.equal(
        await (await track(torrent.hash.toUpperCase())).text(),
        `Already tracking ${torrent.hash}`,
      );
      const unknown = 'ab'.repeat(20);
      assert.equal(await (await track(unknown)).text(), `Tracking started for ${unknown}`);
      assert.equal((await track('all')).status, 400);
      await until('both are over', isOver(scene));
      assert.deepEqual(
        (await cards(scene)).map(({ sequence_id }) => sequence_id),
        [`qbit-${torrent.hash}-done`],
      );
      const full = scene.toQbittorrent.requests.filter(({ body }) => body === 'filter=all');
      assert.equal(full.length, 2, 'the unknown hash cost two requests for the whole list');
    },
  );

  realTest(
    'a torrent that is stopped, checked and resumed is neither removed nor complete too early',
    { needs: ['qbittorrent current', 'ntfy current'] },
    async () => {
      await using scene = await startScene({ qbittorrent: 'current', rate: 1_000_000 });
      const torrent = scene.seed.serve('stopped.iso', 12_000_000);
      const control = (action: string) =>
        scene.qbittorrent.api(`torrents/${action}`, { hashes: torrent.hash });
      await scene.qbittorrent.addTorrent(torrent.file);
      await until('its card shows', showsProgress(scene));
      await control('stop');
      await until(
        'the card shows it',
        async () => (await cards(scene)).some(({ message }) => message?.startsWith('Stopped')),
        {
          deadline: 60_000,
        },
      );
      await control('recheck');
      await sleep(2000);
      assert.ok(
        (await scene.messages()).every(({ event, priority }) => event === 'message' && priority === 2),
      );
      await control('start');
      await until(
        'it is announced and no longer tracked',
        async () => (await isOver(scene)()) && (await cards(scene)).length === 1,
        {
          deadline: 90_000,
        },
      );
      const percents = (await scene.messages())
        .filter(({ priority }) => priority === 2)
        .map(({ message = '' }) => Number(/(\d+)%/.exec(message)?.[1]));
      assert.ok(percents.every(Number.isInteger), percents.join(', '));
      assert.deepEqual(
        percents,
        percents.toSorted((a, b) => a - b),
        'no card went backwards',
      );
      assert.equal((await scene.messages()).filter(({ priority }) => priority === 4).length, 1);
    },
  );

  realTest(
    'a magnet without metadata is tracked without a name and without a card',
    { needs: ['qbittorrent legacy', 'ntfy current'] },
    async () => {
      await using scene = await startScene({ qbittorrent: 'legacy' });
      const hash = 'cd'.repeat(20);
      await scene.qbittorrent.addMagnets([createMagnet(hash)]);
      await until('it waits for its metadata', async () =>
        (await scene.status()).torrents.some(({ state }) => state === 'polling.metadata'),
      );
      const [status] = (await scene.status()).torrents;
      assert.equal(status?.hash, hash);
      assert.equal(status?.name, null);
      assert.deepEqual(await scene.messages(), []);
    },
  );
});
