import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { createSidecarProcess } from '../chaos/sidecar.ts';
import {
  createMagnet,
  freePort,
  realTest,
  startNtfy,
  startProxy,
  startQbittorrent,
  startWebSeed,
  until,
  visibleCards,
} from '../servers/index.ts';
import { TOPIC } from './harness.ts';
import { startSidecar } from '../support/sidecar.ts';

const isDone = (body: string) => body.includes('-done"');

// The tests mostly wait.
describe('outages, limits and wrong passwords', { concurrency: 3 }, () => {
  realTest(
    'killed during a download, qBittorrent restarted, ntfy down at the end, killed again: one completion, once',
    { needs: ['qbittorrent 5.1', 'ntfy current'] },
    async () => {
      const state = mkdtempSync(join(tmpdir(), 'state-'));
      await using qbittorrent = await startQbittorrent('5.1');
      await using ntfy = await startNtfy('current', { cacheFile: true });
      await using seed = await startWebSeed({ rate: 1_000_000 });
      const hookPort = await freePort();
      const opsPort = await freePort();
      await using sidecar = createSidecarProcess({
        QBIT_HOST: qbittorrent.url,
        QBIT_USER: qbittorrent.username,
        QBIT_PASS: qbittorrent.password,
        NTFY_TOPIC: `${ntfy.url}/${TOPIC}`,
        NTFY_RETRY_MAX: '2s',
        STATE_DIR: state,
        INSTANCE_NAME: 'qbit',
        HOOK_PORT: String(hookPort),
        OPS_PORT: String(opsPort),
        OPS_HOST: '127.0.0.1',
        POLL_INTERVAL: '1s',
      });
      const kill = async () => {
        sidecar.send('SIGKILL');
        await sidecar.ended();
      };
      sidecar.start();
      await until('it listens', () => sidecar.current?.output.includes('"listening"') === true);
      await qbittorrent.setAddedHook(
        `curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:${hookPort}/track?hash=%K"`,
      );
      const torrent = seed.serve('survivor.iso', 8_000_000);
      await qbittorrent.addTorrent(torrent.file);
      await until('a card shows', async () => visibleCards(await ntfy.messages(TOPIC)).length === 1);

      // It must not end before ntfy is down, however long the restarts take.
      seed.setRate(50_000);
      await kill();
      sidecar.start();
      await qbittorrent.restart();
      await until('it moves on', async () => (await ntfy.messages(TOPIC)).length >= 3);
      await ntfy.stop();
      seed.setRate(Infinity);
      await until('it is finished', async () => (await qbittorrent.find(torrent.hash))?.['progress'] === 1);
      await until('and kept', () => sidecar.current?.output.includes('request to ntfy failed') === true);
      await sleep(2500);
      await kill();
      sidecar.start();
      await sleep(1000);
      await using back = await startNtfy('current', { port: ntfy.port });
      await until('it is announced', async () =>
        (await back.messages(TOPIC)).some(({ priority }) => priority === 4),
      );
      await until('and over', async () => {
        const status = await (await fetch(`http://127.0.0.1:${opsPort}/status`)).json();
        return (status as { torrents: unknown[] }).torrents.length === 0;
      });
      await kill();
      sidecar.start();
      await sleep(3000);
      const audible = (await back.messages(TOPIC)).filter(({ priority }) => priority === 4);
      assert.deepEqual(
        audible.map(({ sequence_id }) => sequence_id),
        [`qbit-${torrent.hash}-done`],
      );
      rmSync(state, { recursive: true, force: true });
    },
  );

  realTest(
    'a wrong password with 20 torrents pending is one login, one message and no ban',
    { needs: ['qbittorrent current', 'ntfy current'] },
    async () => {
      await using qbittorrent = await startQbittorrent('current');
      await using ntfy = await startNtfy('current');
      await using proxy = await startProxy(qbittorrent.url);
      const hashes = Array.from({ length: 20 }, (_, index) =>
        createHash('sha1').update(`${index}`).digest('hex'),
      );
      await qbittorrent.addMagnets(hashes.map((hash) => createMagnet(hash)));
      const sidecar = await startSidecar({
        QBIT_HOST: proxy.url,
        QBIT_USER: qbittorrent.username,
        QBIT_PASS: 'wrong',
        NTFY_TOPIC: `${ntfy.url}/${TOPIC}`,
      });
      for (const hash of hashes) {
        await fetch(`http://127.0.0.1:${sidecar.hook.port}/track?hash=${hash}`, { method: 'POST' });
      }
      await sleep(60_000);
      await sidecar.stop();
      assert.equal(proxy.logins(), 1);
      const messages = await ntfy.messages(TOPIC);
      assert.equal(messages.length, 1);
      assert.match(messages[0]?.message ?? '', /refused QBIT_USER and QBIT_PASS/);
      const right = await fetch(`${qbittorrent.url}/api/v2/auth/login`, {
        method: 'POST',
        body: new URLSearchParams({ username: qbittorrent.username, password: qbittorrent.password }),
      });
      assert.equal(right.status, 204, 'the address is not banned');
    },
  );

  realTest(
    "1,000 torrents that complete within a minute are all announced within ntfy's limits, without progress before them",
    { needs: ['ntfy current'] },
    async (t) => {
      await using ntfy = await startNtfy('current', { requestLimit: { burst: 60, replenish: '50ms' } });
      await using toNtfy = await startProxy(ntfy.url);
      await using qbittorrent = await startQbittorrentSimulator();
      const sidecar = await startSidecar({
        QBIT_HOST: qbittorrent.url,
        QBIT_USER: qbittorrent.username,
        QBIT_PASS: qbittorrent.password,
        NTFY_TOPIC: `${toNtfy.url}/${TOPIC}`,
        // Each completion and each download has its own card.
        DIGEST_FROM: 'never',
        SUMMARY_FROM: 'never',
        // Slightly less than the 1,200 a minute that this server allows.
        NTFY_RATE: '1140',
      });
      const from = performance.now();
      for (let n = 0; n < 1000; n += 1) {
        const hash = qbittorrent.addTorrent({
          name: `episode ${n}`,
          size: 20_000_000,
          rate: 1_000_000 + n * 300,
        });
        sidecar.supervisor.send({ type: 'torrents.track', hashes: [hash] });
      }
      const done = () => toNtfy.requests.filter(({ body, status }) => status === 200 && isDone(body));
      await until('all are announced', () => done().length >= 1000, { deadline: 500_000, every: 500 });
      t.diagnostic(
        `1,000 completions accepted ${Math.round((performance.now() - from) / 1000)} s after the first was added`,
      );
      const { requests } = toNtfy;
      const refused = requests.filter(({ status }) => status === 429).length;
      t.diagnostic(`${requests.length} requests to ntfy, ${refused} of them answered 429`);
      await sidecar.stop();
      assert.ok(refused <= 5, `${refused} answers were 429`);
      assert.equal(new Set(done().map(({ body }) => JSON.parse(body).sequence_id)).size, 1000);
      assert.equal(done().length, 1000, 'none twice');
      const first = requests.findIndex(({ body }) => isDone(body));
      const last = requests.findLastIndex(({ body }) => isDone(body));
      const between = requests.slice(first + 200, last);
      const others = between.filter(({ body }) => !isDone(body)).length;
      assert.equal(others, 0, 'nothing else was sent while completions were pending');
    },
  );
});
