import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import type { Need } from '../servers/index.ts';
import { startKillScenario } from './kill-scenario.ts';

const needs: Need[] = ['qbittorrent 5.1', 'ntfy current', 'curl'];

realTest(
  'killed when its hook was just answered, it tracks the torrent after the restart',
  { needs },
  async () => {
    await using scenario = await startKillScenario();
    const killed = scenario.killAt('hook', 'delivered');
    await scenario.add();
    await killed;
    // No scan can find it: it is complete before the next start.
    await until(
      'it is downloaded',
      async () => (await scenario.scene.qbittorrent.find(scenario.torrent.hash))?.['progress'] === 1,
    );
    scenario.scene.sidecar.start();
    await scenario.untilSettled();
    assert.deepEqual(await scenario.cards(), ['-done']);
    assert.deepEqual(await scenario.sounds(), ['-done']);
  },
);

for (const [point, words] of [
  ['answered', 'ntfy has accepted the first card and not yet answered'],
  ['delivered', 'ntfy has answered the first card'],
] as const) {
  realTest(
    `killed when ${words}, it leaves no card of a torrent that is removed before the restart`,
    { needs },
    async () => {
      await using scenario = await startKillScenario();
      const killed = scenario.killAt('progress', point);
      await scenario.add();
      await killed;
      await scenario.scene.qbittorrent.remove(scenario.torrent.hash);
      scenario.scene.sidecar.start();
      await scenario.untilSettled();
      assert.deepEqual(await scenario.cards(), []);
      assert.deepEqual(await scenario.sounds(), []);
    },
  );

  realTest(
    `killed when ${words}, it leaves only the completion of a torrent that finishes before the restart`,
    { needs },
    async () => {
      await using scenario = await startKillScenario();
      const killed = scenario.killAt('progress', point);
      await scenario.add();
      await killed;
      await until(
        'it is downloaded',
        async () => (await scenario.scene.qbittorrent.find(scenario.torrent.hash))?.['progress'] === 1,
      );
      scenario.scene.sidecar.start();
      await scenario.untilSettled();
      assert.deepEqual(await scenario.cards(), ['-done']);
      assert.deepEqual(await scenario.sounds(), ['-done']);
    },
  );
}

const SENT = { arrived: 'sent', answered: 'accepted', delivered: 'accepted and answered' } as const;

for (const point of ['arrived', 'answered', 'delivered'] as const) {
  realTest(`killed when its completion has been ${SENT[point]}, it makes one sound`, { needs }, async () => {
    await using scenario = await startKillScenario();
    const killed = scenario.killAt('completion', point);
    await scenario.add();
    await killed;
    scenario.scene.sidecar.start();
    await scenario.untilSettled();
    assert.deepEqual(await scenario.cards(), ['-done']);
    assert.deepEqual(await scenario.sounds(), ['-done']);
  });
}

for (const afterKill of [false, true]) {
  realTest(
    `a torrent that is added again ${afterKill ? 'after a kill' : 'before a kill'}, while its old card waits for deletion, is tracked to its end`,
    { needs },
    async () => {
      await using scenario = await startKillScenario();
      const { scene, torrent } = scenario;
      await scenario.add();
      await until('its card shows', async () => (await scenario.cards()).length > 0);
      await scene.toNtfy.down();
      await scene.qbittorrent.remove(torrent.hash);
      await until('its card waits for deletion', async () =>
        (await scene.status())?.torrents.some(({ state }) => state === 'notifying.removal'),
      );
      if (afterKill) {
        await scenario.kill();
        await scenario.add();
      } else {
        const before = scene.toSidecar.requests.length;
        await scenario.add();
        await until('its hook is answered', () =>
          scene.toSidecar.requests.slice(before).some(({ status }) => status === 200),
        );
        await scenario.kill();
      }
      await scene.toNtfy.up();
      scene.sidecar.start();
      await scenario.untilSettled();
      assert.deepEqual(await scenario.cards(), ['-done']);
      assert.deepEqual(await scenario.sounds(), ['-done']);
    },
  );
}

realTest(
  'a torrent that is removed and added again is found by a scan when its hook is lost',
  { needs },
  async () => {
    await using scenario = await startKillScenario();
    const { scene, torrent } = scenario;
    await scenario.add();
    await until('its card shows', async () => (await scenario.cards()).length > 0);
    const other = (await scene.seed(100_000)).serve('other.iso', 2_000_000);
    await scene.qbittorrent.addTorrent(other.file);
    await scene.qbittorrent.remove(torrent.hash);
    await until('it is no longer tracked', async () =>
      (await scene.status())?.torrents.every(({ hash }) => hash !== torrent.hash),
    );
    await scene.toSidecar.down();
    await scenario.add();
    // Each session begins with a scan.
    const cookie = scene.toQbittorrent.cookies.at(-1) ?? '';
    await fetch(`${scene.qbittorrent.url}/api/v2/auth/logout`, { method: 'POST', headers: { cookie } });
    await scenario.untilSettled();
    assert.ok((await scenario.sounds()).includes('-done'));
    assert.ok(!(await scenario.cards()).includes(''));
  },
);

realTest(
  'a session that ends between the login and its check is not a wrong password: the sidecar logs in again',
  { needs },
  async () => {
    await using scenario = await startKillScenario();
    const { scene } = scenario;
    await scenario.kill();
    scene.toQbittorrent.faultFor = ({ path }) => {
      if (!path.endsWith('/app/webapiVersion')) return null;
      scene.toQbittorrent.faultFor = () => null;
      return 'no cookie';
    };
    scene.sidecar.start();
    await scenario.add();
    await scenario.untilSettled();
    assert.deepEqual(await scenario.cards(), ['-done']);
    assert.deepEqual(await scenario.sounds(), ['-done']);
  },
);
