/** The tests' own qBittorrent: everything that other tests rely on, on each generation. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import {
  createMagnet,
  freePort,
  realTest,
  startProxy,
  startQbittorrent,
  startWebSeed,
  until,
} from './servers/index.ts';
import type { Qbittorrent, QbittorrentGeneration } from './servers/index.ts';

const qbittorrents: readonly QbittorrentGeneration[] = ['legacy', '5.1', 'current'];
const finished = new Set<unknown>(['uploading', 'stalledUP']);

async function logIn({ url, username }: Qbittorrent, password: string): Promise<Response> {
  return fetch(`${url}/api/v2/auth/login`, {
    method: 'POST',
    body: new URLSearchParams({ username, password }),
  });
}

async function askVersion({ url }: { url: string }, cookie: string): Promise<number> {
  const answer = await fetch(`${url}/api/v2/app/version`, { headers: { cookie } });
  await answer.body?.cancel();
  return answer.status;
}

for (const generation of qbittorrents) {
  const needs = [`qbittorrent ${generation}`] as const;

  realTest(
    `a ${generation} qBittorrent reports its version and requires the password`,
    { needs },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      assert.match(
        qbittorrent.version,
        generation === 'legacy' ? /^4\.5\./ : generation === '5.1' ? /^5\.1\./ : /^5\.[3-9]/,
      );
      const good = await logIn(qbittorrent, qbittorrent.password);
      assert.equal(good.status, generation === 'current' ? 204 : 200);
      const bad = await logIn(qbittorrent, 'wrong');
      assert.equal(bad.status === 401 || (await bad.text()) === 'Fails.', true);
    },
  );

  realTest(`a ${generation} qBittorrent downloads from the web seed, step by step`, { needs }, async () => {
    await using qbittorrent = await startQbittorrent(generation);
    await using seed = await startWebSeed({ rate: 1_500_000 });
    const torrent = seed.serve("Ünï “日本” <b>&amp; 'q' 🎬.mkv", 3_000_000);
    await qbittorrent.addTorrent(torrent.file);
    const steps = new Set<unknown>();
    const done = await until('the download to finish', async () => {
      const seen = await qbittorrent.find(torrent.hash);
      steps.add(seen?.['progress']);
      return finished.has(seen?.['state']) ? seen : null;
    });
    assert.equal(done['name'], torrent.name);
    assert.equal(done['size'], torrent.size);
    assert.ok(steps.size >= 4, `progress was seen as ${[...steps].join(', ')}`);
  });

  realTest(
    `a ${generation} qBittorrent runs the hook's curl with the torrent's ID`,
    { needs: [...needs, 'curl'] },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      const received: string[] = [];
      const port = await freePort();
      const listener = createServer((request, response) => {
        received.push(`${request.method} ${request.url}`);
        response.end();
      }).listen(port, '127.0.0.1');
      try {
        await qbittorrent.setAddedHook(
          `curl -q -fsS -m 5 --noproxy * -X POST "http://127.0.0.1:${port}/track?hash=%K"`,
        );
        const hash = 'c0ffee'.padEnd(40, '0');
        await qbittorrent.addMagnets([createMagnet(hash, 'a magnet')]);
        await until('the hook to call', () => received.length > 0);
        assert.deepEqual(received, [`POST /track?hash=${hash}`]);
      } finally {
        listener.close();
      }
    },
  );

  realTest(
    `a restarted ${generation} qBittorrent keeps its torrents and loses every session`,
    { needs },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      await qbittorrent.addMagnets([createMagnet('1'.repeat(40)), createMagnet('2'.repeat(40))]);
      await until('both magnets to be listed', async () => (await qbittorrent.list()).length === 2);
      const login = await logIn(qbittorrent, qbittorrent.password);
      const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      assert.equal(await askVersion(qbittorrent, cookie), 200);
      const { pid } = qbittorrent;
      await qbittorrent.restart();
      assert.notEqual(qbittorrent.pid, pid);
      assert.equal(await askVersion(qbittorrent, cookie), 403);
      const hashes = (await qbittorrent.list()).map((torrent) => String(torrent['hash']));
      assert.deepEqual(new Set(hashes), new Set(['1'.repeat(40), '2'.repeat(40)]));
      await qbittorrent.remove('1'.repeat(40));
      await until('one to be removed', async () => (await qbittorrent.list()).length === 1);
    },
  );

  realTest(
    `the proxy in front of a ${generation} qBittorrent counts only the requests of others`,
    { needs },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      await using proxy = await startProxy(qbittorrent.url);
      const login = await logIn({ ...qbittorrent, url: proxy.url }, qbittorrent.password);
      const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      assert.equal(await askVersion(proxy, cookie), 200);
      await qbittorrent.list();
      assert.deepEqual(
        proxy.requests.map(({ method, path }) => `${method} ${path}`),
        ['POST /api/v2/auth/login', 'GET /api/v2/app/version'],
      );
      assert.equal(proxy.logins(), 1);
    },
  );
}

realTest(
  'a qBittorrent accepts an API key, and needs no login from its own machine',
  { needs: ['qbittorrent current'] },
  async () => {
    const apiKey = `qbt_${'A1b2'.repeat(7)}`;
    await using keyed = await startQbittorrent('current', { apiKey });
    const answer = await fetch(`${keyed.url}/api/v2/app/version`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    assert.equal(await answer.text(), `v${keyed.version}`);
    await using open = await startQbittorrent('current', { bypassLocalAuth: true });
    assert.equal(await askVersion(open, ''), 200);
  },
);

realTest(
  'a torrent of several files in a folder downloads too, and a stopped one does not',
  { needs: ['qbittorrent current', 'qbittorrent legacy'] },
  async () => {
    for (const generation of ['legacy', 'current'] as const) {
      await using qbittorrent = await startQbittorrent(generation, {
        preferences: { max_active_downloads: 7 },
      });
      await using seed = await startWebSeed();
      const files = [
        { path: 'one.bin', bytes: 100_000 },
        { path: 'sub dir/two.bin', bytes: 300_001 },
      ];
      const torrent = seed.serve('A folder', files);
      await qbittorrent.addTorrent(torrent.file, { stopped: 'true' });
      const stopped = generation === 'legacy' ? 'pausedDL' : 'stoppedDL';
      await until(
        'it to be stopped',
        async () => (await qbittorrent.find(torrent.hash))?.['state'] === stopped,
      );
      await qbittorrent.startTorrent(torrent.hash);
      await until('it to finish', async () =>
        finished.has((await qbittorrent.find(torrent.hash))?.['state']),
      );
      const preferences = await qbittorrent.api('app/preferences');
      assert.match(await preferences.text(), /"max_active_downloads":7/);
    }
  },
);
