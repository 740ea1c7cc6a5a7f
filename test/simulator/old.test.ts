/** qBittorrents that are too old for a package, according to their source (tags release-4.1.9 and release-4.4.5). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { QbittorrentSimulator } from '../../src/simulator/index.ts';

const LATER = [
  'infohash_v1',
  'infohash_v2',
  'content_path',
  'download_path',
  'trackers_count',
  'seeding_time',
  'availability',
];

async function call({ url }: QbittorrentSimulator, path: string, form?: Record<string, string>) {
  const body = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
  return fetch(`${url}/api/v2/${path}`, body);
}

const start = (generation: '4.1' | '4.4') =>
  startQbittorrentSimulator({ generation, bypassLocalAuth: true, hook: () => assert.fail('an added-hook') });

test('a login is 200 with "Ok." or "Fails.", and five failures are a ban', async () => {
  for (const generation of ['4.1', '4.4'] as const) {
    await using simulator = await startQbittorrentSimulator({ generation, password: 'right' });
    const login = async (password: string) => {
      const answer = await call(simulator, 'auth/login', { username: 'admin', password });
      return [answer.status, await answer.text(), answer.headers.getSetCookie()[0]?.split('=')[0]];
    };
    assert.deepEqual(await login('right'), [200, 'Ok.', 'SID']);
    for (let times = 0; times < 5; times += 1)
      assert.deepEqual(await login('wrong'), [200, 'Fails.', undefined]);
    assert.equal((await login('right'))[0], 403);
  }
});

test('4.1 has no info-hashes, no seeding time and no paths; 4.4 has all fields of 4.5', async () => {
  for (const [generation, fields, never] of [
    ['4.1', [], 4_294_967_295],
    ['4.4', LATER, 0],
  ] as const) {
    await using simulator = await start(generation);
    simulator.addTorrent({ kind: generation === '4.4' ? 'hybrid' : 'v1' });
    const [object = {}] = simulator.torrents();
    assert.deepEqual(
      LATER.filter((field) => field in object),
      fields,
    );
    assert.ok('time_active' in object && 'tags' in object);
    assert.equal(object['completion_on'], never);
  }
});

test('a stopped torrent is "paused", as 4.x calls it', async () => {
  for (const generation of ['4.1', '4.4'] as const) {
    await using simulator = await start(generation);
    const hash = simulator.addTorrent();
    assert.equal((await call(simulator, 'torrents/stop', { hashes: hash })).status, 404);
    assert.equal((await call(simulator, 'torrents/pause', { hashes: hash })).status, 200);
    assert.equal(simulator.torrents()[0]?.['state'], 'pausedDL');
    simulator.play(hash, [{ phase: 'complete' }]);
    assert.equal(simulator.torrents()[0]?.['state'], 'pausedUP');
  }
});

test('there is no hook for added torrents, whatever is set', async () => {
  for (const generation of ['4.1', '4.4'] as const) {
    await using simulator = await start(generation);
    const json = JSON.stringify({ autorun_on_torrent_added_enabled: true, autorun_enabled: true });
    assert.equal((await call(simulator, 'app/setPreferences', { json })).status, 200);
    const preferences = (await (await call(simulator, 'app/preferences')).json()) as object;
    assert.ok(!('autorun_on_torrent_added_enabled' in preferences));
    assert.ok('autorun_enabled' in preferences && preferences.autorun_enabled === true);
  }
});

test('an unknown filter means all', async () => {
  for (const [generation, checking] of [
    ['4.1', 1],
    ['4.4', 0],
  ] as const) {
    await using simulator = await start(generation);
    simulator.addTorrent({ script: [{ phase: 'complete' }] });
    const found = async (filter: string) =>
      ((await (await call(simulator, 'torrents/info', { filter })).json()) as unknown[]).length;
    assert.deepEqual(
      [await found('checking'), await found('moving'), await found('downloading')],
      [checking, 1, 0],
    );
  }
});

test('4.1 accepts its actions by GET too, and has no build info', async () => {
  await using ancient = await start('4.1');
  await using old = await start('4.4');
  assert.equal((await call(ancient, 'torrents/pause?hashes=all')).status, 200);
  assert.equal((await call(old, 'torrents/pause?hashes=all')).status, 405);
  assert.equal((await call(ancient, 'app/buildInfo')).status, 404);
  assert.equal((await call(old, 'app/buildInfo')).status, 200);
});
