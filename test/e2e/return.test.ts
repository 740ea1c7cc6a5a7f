import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { realTest, until, visibleCards } from '../servers/index.ts';
import { startScene, TOPIC } from './harness.ts';
import type { Scene } from './harness.ts';
import { startSidecar } from '../support/sidecar.ts';

function temporaryState() {
  const dir = mkdtempSync(join(tmpdir(), 'state-'));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

const restart = (scene: Scene, dir: string) =>
  startSidecar({
    QBIT_HOST: scene.toQbittorrent.url,
    QBIT_USER: scene.qbittorrent.username,
    QBIT_PASS: scene.qbittorrent.password,
    NTFY_TOPIC: `${scene.ntfy.url}/${TOPIC}`,
    STATE_DIR: dir,
  });

const audible = async (scene: Scene) => (await scene.messages()).filter(({ priority }) => priority === 4);

realTest(
  'torrents that were finished or removed while the sidecar was down are announced or their cards deleted after its restart, once',
  { needs: ['qbittorrent 5.1', 'ntfy current'] },
  async () => {
    using state = temporaryState();
    await using scene = await startScene({
      qbittorrent: '5.1',
      rate: 1_000_000,
      env: { STATE_DIR: state.dir },
    });
    const finished = scene.seed.serve('finished.iso', 4_000_000);
    const removed = scene.seed.serve('removed.iso', 40_000_000);
    await scene.qbittorrent.addTorrent(finished.file);
    await scene.qbittorrent.addTorrent(removed.file);
    await until('both have a card', async () => visibleCards(await scene.messages()).length === 2);
    await scene.sidecar.stop();
    await scene.qbittorrent.remove(removed.hash, true);
    scene.seed.setRate(8_000_000);
    await until('the other is finished', async () =>
      (await scene.qbittorrent.list()).some(
        ({ state: word }) => word === 'stalledUP' || word === 'uploading',
      ),
    );
    assert.deepEqual(await audible(scene), []);

    const second = await restart(scene, state.dir);
    await until('one card is left', async () => {
      const cards = visibleCards(await scene.messages());
      return (
        cards.length === 1 &&
        new RegExp(`^qbit-[0-9a-f]{6}-${finished.hash}-done$`).test(cards[0]?.sequence_id ?? '')
      );
    });
    await second.stop();
    const third = await restart(scene, state.dir);
    await until('it has looked around', async () => {
      const status = await (await fetch(`http://127.0.0.1:${third.ops.port}/status`)).json();
      return (status as { watcher: { state: string } }).watcher.state === 'idle';
    });
    await third.stop();
    assert.equal((await audible(scene)).length, 1, 'nothing is announced twice');
  },
);

test('a completion that was finished long ago shows the time', async () => {
  using state = temporaryState();
  await using ntfy = await startNtfySimulator();
  const clock = { now: Date.now() - 3 * 3_600_000 };
  await using qbittorrent = await startQbittorrentSimulator({ now: () => clock.now });
  const env = {
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: qbittorrent.password,
    NTFY_TOPIC: `${ntfy.url}/downloads`,
    STATE_DIR: state.dir,
    TZ: 'UTC',
  };
  qbittorrent.addTorrent({ name: 'slow.iso', size: 10_000_000, rate: 1_000_000 });
  const first = await startSidecar(env);
  await until('it is tracked', () => first.supervisor.getSnapshot().context.registry.records.size === 1);
  await first.stop();
  clock.now += 60_000;
  qbittorrent.torrents();
  clock.now = Date.now();
  const second = await startSidecar(env);
  await until('it is announced', () => ntfy.sounds.length === 1);
  await second.stop();
  assert.match(ntfy.sounds[0]?.message ?? '', /\nFinished (on \d+ \w+ )?at \d\d:\d\d\.$/);
});

test('a damaged state file leads to one card about it, and no completion is lost', async () => {
  using state = temporaryState();
  writeFileSync(
    join(state.dir, 'sidecar.sqlite'),
    'this is no database, and long enough to look like one. '.repeat(100),
  );
  await using ntfy = await startNtfySimulator();
  await using qbittorrent = await startQbittorrentSimulator();
  qbittorrent.addTorrent({ name: 'announced.iso', size: 20_000_000, rate: 10_000_000 });
  const sidecar = await startSidecar({
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: qbittorrent.password,
    NTFY_TOPIC: `${ntfy.url}/downloads`,
    STATE_DIR: state.dir,
  });
  await until('it is announced', () => ntfy.cards().some(({ title }) => title === 'Download Complete'));
  await sidecar.stop();
  assert.equal(ntfy.cards().filter(({ title }) => title === 'State was repaired').length, 1);
});
