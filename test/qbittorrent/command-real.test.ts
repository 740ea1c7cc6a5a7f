/** The requests that buttons cause, on real servers: each has its effect, on one torrent, and once. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createMagnet,
  realTest,
  startQbittorrent,
  startTracker,
  startWebSeed,
  until,
} from '../servers/index.ts';
import { failureOf, GENERATIONS, valueOf } from './clients.ts';
import { ACTIONS } from './commands.ts';
import { login, others, stateOf, twice, untilState } from './real.ts';

/** Bytes per second, and a size that lasts longer than the tests. */
const RATE = 50_000;
const SIZE = 50_000_000;

for (const generation of GENERATIONS) {
  const needs = [`qbittorrent ${generation}`] as const;

  realTest(
    `each command changes one torrent of qBittorrent ${generation}, and twice is the same as once`,
    { needs },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      await using seed = await startWebSeed({ rate: RATE });
      await using tracker = await startTracker();
      await using otherTracker = await startTracker();
      const target = seed.serve('target.bin', SIZE, 'v1', { tracker: tracker.url });
      const loading = seed.serve('loading.bin', SIZE, 'v1', { tracker: otherTracker.url });
      const deleted = seed.serve('deleted.bin', SIZE);
      const stopped = seed.serve('stopped.bin', SIZE);
      const magnet = '0123456789abcdef0123456789abcdef01234567';
      const downloads = [target, loading, deleted];
      for (const { file } of downloads) await qbittorrent.addTorrent(file);
      await qbittorrent.addTorrent(stopped.file, { stopped: 'true' });
      await qbittorrent.addMagnets([createMagnet(magnet)]);
      await until('all downloads have data', async () => {
        const list = await Promise.all(downloads.map(({ hash }) => qbittorrent.find(hash)));
        return list.every((torrent) => Number(torrent?.['downloaded']) > 0);
      });
      await untilState(qbittorrent, stopped.hash, /^(paused|stopped)DL$/);
      await until(
        'both trackers are known',
        () => tracker.announces.length + otherTracker.announces.length === 2,
      );
      const { hash } = target;
      const before = await others(qbittorrent, hash);
      assert.equal(before.size, 4);
      const file = (name: string) => join(qbittorrent.profile, 'downloads', name);
      const send = twice(await login(qbittorrent));

      await send('pause', hash);
      await untilState(qbittorrent, hash, /^(paused|stopped)DL$/);
      await until('it has said goodbye', () => tracker.announces.includes('stopped'));
      await send('resume', hash);
      await untilState(qbittorrent, hash, /^(downloading|stalledDL)$/);
      await until('it has announced itself', () => tracker.announces.length === 3);
      assert.deepEqual(tracker.announces, ['started', 'stopped', 'started']);

      await send('reannounce', hash);
      await until('it has announced itself', () => tracker.announces.length > 3);
      assert.deepEqual(new Set(tracker.announces.slice(3)), new Set(['']));
      assert.ok(tracker.announces.length <= 5);
      assert.deepEqual(await others(qbittorrent, hash), before);

      for (const name of ['target.bin', 'deleted.bin']) assert.ok(existsSync(file(name)), name);
      await send('deleteTorrent', hash);
      await send('deleteFiles', deleted.hash);
      for (const id of [hash, deleted.hash]) await untilState(qbittorrent, id, /^deleted$/);
      await until('its file is deleted', () => !existsSync(file('deleted.bin')));
      assert.ok(existsSync(file('target.bin')), 'its file is kept');
      assert.ok(existsSync(file('loading.bin')));
      before.delete(deleted.hash);
      assert.deepEqual(await others(qbittorrent, hash), before);
      assert.deepEqual(otherTracker.announces, ['started'], 'the other one has announced itself once');
    },
  );

  realTest(
    `a command for a torrent that qBittorrent ${generation} does not have is a success, and changes nothing`,
    { needs },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      const [one, two, unknown] = ['1', '2', '3'].map((digit) => digit.repeat(40));
      assert.ok(one !== undefined && two !== undefined && unknown !== undefined);
      await qbittorrent.addMagnets([createMagnet(one)]);
      await qbittorrent.addMagnets([createMagnet(two)], { stopped: 'true' });
      await untilState(qbittorrent, one, /^metaDL$/);
      await untilState(qbittorrent, two, /^(paused|stopped)DL$/);
      const before = await others(qbittorrent, unknown);
      const expected = [
        [one, false],
        [two, true],
      ] as const;
      assert.deepEqual(before, new Map(expected));
      const send = twice(await login(qbittorrent));
      for (const action of ACTIONS) await send(action, unknown);
      // Longer than two updates of its values.
      await sleep(1000);
      assert.deepEqual(await others(qbittorrent, unknown), before);
    },
  );

  realTest(
    `a command to a qBittorrent ${generation} that has lost the session, is busy or is down fails as a poll does`,
    { needs },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      const hash = '0123456789abcdef0123456789abcdef01234567';
      await qbittorrent.addMagnets([createMagnet(hash)]);
      await untilState(qbittorrent, hash, /^metaDL$/);
      const client = await login(qbittorrent);
      const expectFailure = async (kind: string, reason: string | undefined) => {
        const poll = failureOf(await client.observe([hash]));
        assert.deepEqual([poll.kind, poll.reason], [kind, reason]);
        const results = await Promise.all(ACTIONS.map((action) => client.command({ action, hash })));
        for (const result of results) assert.deepEqual(failureOf(result), poll);
        assert.deepEqual(failureOf(await client.sharesFiles(hash)), poll);
      };

      await qbittorrent.restart();
      await expectFailure('unauthorized', undefined);
      assert.equal(await stateOf(qbittorrent, hash), 'metaDL');
      valueOf(await client.login());
      valueOf(await client.command({ action: 'pause', hash }));
      await untilState(qbittorrent, hash, /^(paused|stopped)DL$/);

      process.kill(qbittorrent.pid, 'SIGSTOP');
      const failure = failureOf(await client.command({ action: 'resume', hash }));
      assert.deepEqual([failure.kind, failure.reason], ['unreachable', 'timeout']);
      process.kill(qbittorrent.pid, 'SIGCONT');
      await until('it answers again', async () => (await client.observe([hash])).ok);

      await qbittorrent.stop();
      await expectFailure('unreachable', 'connection-refused');
    },
  );
}
