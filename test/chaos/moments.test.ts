import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import type { Need } from '../servers/index.ts';
import { setStage } from './stage.ts';

const needs: Need[] = ['qbittorrent 5.1', 'ntfy current', 'curl'];

realTest(
  'killed when its hook was just answered, it tracks the torrent after the restart',
  { needs },
  async () => {
    await using stage = await setStage();
    const killed = stage.killAt('hook', 'delivered');
    await stage.add();
    await killed;
    // No scan can find it: it is complete before the next life.
    await until(
      'it is downloaded',
      async () => (await stage.scene.qbittorrent.find(stage.torrent.hash))?.['progress'] === 1,
    );
    stage.scene.sidecar.start();
    await stage.untilSettled();
    assert.deepEqual(await stage.cards(), ['-done']);
    assert.deepEqual(await stage.sounds(), ['-done']);
  },
);

for (const [point, words] of [
  ['taken', 'ntfy has accepted the first card and not yet answered'],
  ['delivered', 'ntfy has answered the first card'],
] as const) {
  realTest(
    `killed when ${words}, it leaves no card of a torrent that is removed meanwhile`,
    { needs },
    async () => {
      await using stage = await setStage();
      const killed = stage.killAt('progress', point);
      await stage.add();
      await killed;
      await stage.scene.qbittorrent.remove(stage.torrent.hash);
      stage.scene.sidecar.start();
      await stage.untilSettled();
      assert.deepEqual(await stage.cards(), []);
      assert.deepEqual(await stage.sounds(), []);
    },
  );

  realTest(
    `killed when ${words}, it leaves only the completion of a torrent that finishes meanwhile`,
    { needs },
    async () => {
      await using stage = await setStage();
      const killed = stage.killAt('progress', point);
      await stage.add();
      await killed;
      await until(
        'it is downloaded',
        async () => (await stage.scene.qbittorrent.find(stage.torrent.hash))?.['progress'] === 1,
      );
      stage.scene.sidecar.start();
      await stage.untilSettled();
      assert.deepEqual(await stage.cards(), ['-done']);
      assert.deepEqual(await stage.sounds(), ['-done']);
    },
  );
}

for (const point of ['arrived', 'taken', 'delivered'] as const) {
  realTest(
    `killed when its completion has ${point === 'arrived' ? 'left' : `been ${point === 'taken' ? 'accepted' : point}`}, it makes one sound`,
    { needs },
    async () => {
      await using stage = await setStage();
      const killed = stage.killAt('completion', point);
      await stage.add();
      await killed;
      stage.scene.sidecar.start();
      await stage.untilSettled();
      assert.deepEqual(await stage.cards(), ['-done']);
      assert.deepEqual(await stage.sounds(), ['-done']);
    },
  );
}

for (const meanwhile of [false, true]) {
  realTest(
    `a torrent that is added again ${meanwhile ? 'after a kill' : 'before a kill'}, while its old card waits for deletion, is tracked to its end`,
    { needs },
    async () => {
      await using stage = await setStage();
      const { scene, torrent } = stage;
      await stage.add();
      await until('its card shows', async () => (await stage.cards()).length > 0);
      await scene.toNtfy.down();
      await scene.qbittorrent.remove(torrent.hash);
      await until('its card waits for deletion', async () =>
        (await scene.status())?.torrents.some(({ state }) => state === 'notifying.withdrawal'),
      );
      if (meanwhile) {
        await stage.kill();
        await stage.add();
      } else {
        const before = scene.toSidecar.requests.length;
        await stage.add();
        await until('its hook is answered', () =>
          scene.toSidecar.requests.slice(before).some(({ status }) => status === 200),
        );
        await stage.kill();
      }
      await scene.toNtfy.up();
      scene.sidecar.start();
      await stage.untilSettled();
      assert.deepEqual(await stage.cards(), ['-done']);
      assert.deepEqual(await stage.sounds(), ['-done']);
    },
  );
}

realTest(
  'a torrent that is removed and added again is found by a scan when its hook is lost',
  { needs },
  async () => {
    await using stage = await setStage();
    const { scene, torrent } = stage;
    await stage.add();
    await until('its card shows', async () => (await stage.cards()).length > 0);
    const other = (await scene.seed(100_000)).serve('other.iso', 2_000_000);
    await scene.qbittorrent.addTorrent(other.file);
    await scene.qbittorrent.remove(torrent.hash);
    await until('it is no longer tracked', async () =>
      (await scene.status())?.torrents.every(({ hash }) => hash !== torrent.hash),
    );
    await scene.toSidecar.down();
    await stage.add();
    // Each session begins with a scan.
    const cookie = scene.toQbittorrent.cookies.at(-1) ?? '';
    await fetch(`${scene.qbittorrent.url}/api/v2/auth/logout`, { method: 'POST', headers: { cookie } });
    await stage.untilSettled();
    assert.ok((await stage.sounds()).includes('-done'));
    assert.ok(!(await stage.cards()).includes(''));
  },
);

realTest(
  'a session that ends between the login and its check is not a wrong password: the sidecar logs in again',
  { needs },
  async () => {
    await using stage = await setStage();
    const { scene } = stage;
    await stage.kill();
    scene.toQbittorrent.faultFor = ({ path }) => {
      if (!path.endsWith('/app/webapiVersion')) return null;
      scene.toQbittorrent.faultFor = () => null;
      return 'no cookie';
    };
    scene.sidecar.start();
    await stage.add();
    await stage.untilSettled();
    assert.deepEqual(await stage.cards(), ['-done']);
    assert.deepEqual(await stage.sounds(), ['-done']);
  },
);
