import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { QbittorrentSimulator } from '../../src/simulator/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import { until } from '../servers/wait.ts';

/** A sidecar that has installed its hooks, with a token that can be rotated. */
async function startScene(t: TestContext, prepare: (qbittorrent: QbittorrentSimulator) => void = () => {}) {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startQbittorrentSimulator());
  prepare(qbittorrent);
  const ntfy = stack.use(await startNtfySimulator());
  const folder = mkdtempSync(join(tmpdir(), 'sidecar-repair-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const rotate = (token: string) => writeFileSync(join(folder, 'token'), token);
  rotate('planted-old');
  const log: string[] = [];
  const sidecar = await startSidecar(
    {
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${ntfy.url}/downloads`,
      HOOK_TOKEN_FILE: join(folder, 'token'),
      AUTO_INSTALL_HOOK: 'true',
    },
    log,
  );
  stack.defer(() => sidecar.stop());
  const line = () => String(qbittorrent.preferences['autorun_on_torrent_added_program']);
  await until('the hook is there', () => line().includes('planted-old'));
  const scans = () => qbittorrent.requests.filter(({ body }) => body === 'filter=downloading').length;
  // Once for the login, once for the calls before the hook was installed.
  await until('it has scanned', () => scans() === 2);
  const track = async (hash: string, token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const url = `http://127.0.0.1:${sidecar.hook.port}/track?hash=${hash}`;
    return (await fetch(url, { method: 'POST', headers })).status;
  };
  const tracked = () => [...sidecar.supervisor.getSnapshot().context.registry.records.keys()];
  const owned = stack.move();
  return {
    qbittorrent,
    rotate,
    line,
    scans,
    track,
    tracked,
    log,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

describe('a token that was rotated', () => {
  test("is written to the line in qBittorrent after the first call with the old one, and that call's torrent is tracked", async (t) => {
    await using scene = await startScene(t);
    scene.rotate('planted-new');
    const hash = scene.qbittorrent.addTorrent({ scenario: 'noMetadata' });
    assert.equal(await scene.track(hash, 'planted-old'), 401);
    await until('the line is new', () => scene.line().includes('planted-new'));
    await until('the torrent is tracked', () => scene.tracked().includes(hash));
    assert.equal(await scene.track(hash, 'planted-new'), 200);
    assert.equal(scene.qbittorrent.logins, 1);
    assert.doesNotMatch(scene.log.join(''), /planted/);
  });

  test('is written also when the session with qBittorrent has expired', async (t) => {
    await using scene = await startScene(t);
    scene.rotate('planted-new');
    scene.qbittorrent.expireSessions();
    const hash = scene.qbittorrent.addTorrent({ scenario: 'noMetadata' });
    assert.equal(await scene.track(hash, 'planted-old'), 401);
    await until('the line is new', () => scene.line().includes('planted-new'));
    await until('the torrent is tracked', () => scene.tracked().includes(hash));
    assert.equal(scene.qbittorrent.logins, 2);
  });
});

test('wrong tokens from elsewhere cause one request a minute to qBittorrent, and nothing else', async (t) => {
  await using scene = await startScene(t);
  const from = scene.qbittorrent.requests.length;
  const statuses: number[] = [];
  for (let tries = 0; tries < 50; tries += 1)
    statuses.push(await scene.track('0'.repeat(40), `guess-${tries}`));
  assert.deepEqual(
    statuses,
    statuses.map((_, tries) => (tries < 10 ? 401 : 429)),
  );
  await until('it was checked', () => scene.qbittorrent.requests.length > from);
  assert.deepEqual(
    scene.qbittorrent.requests.slice(from).map(({ path }) => path.replace(/.*api\/v2\//, '')),
    ['app/preferences'],
  );
  assert.equal(scene.scans(), 2);
  assert.deepEqual(scene.tracked(), []);
});

test('the hook is installed later when qBittorrent fails once during the installation, without another login', async (t) => {
  await using scene = await startScene(t, (qbittorrent) => {
    qbittorrent.fail('app/preferences', { kind: 'status', status: 500 }, 1);
  });
  assert.match(scene.line(), /\/track\?hash=%K"$/);
  assert.equal(scene.qbittorrent.logins, 1);
  assert.equal(scene.log.filter((line) => line.includes('could not check the hook')).length, 1);
});
