import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEnsureHook } from '../../src/hooks/index.ts';
import { createLogger } from '../../src/log/index.ts';
import { createConnection } from '../../src/qbittorrent/connection.ts';
import { login } from '../../src/qbittorrent/login.ts';
import { secret } from '../../src/util/secret.ts';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { QbittorrentSimulator } from '../../src/simulator/index.ts';

const hook = {
  host: 'localhost',
  port: 0,
  token: secret('planted-token'),
  url: null,
  tool: 'curl',
  autoInstall: true,
} as const;

async function prepare({ url, username, password }: QbittorrentSimulator, changes: object = {}) {
  const log: string[] = [];
  const auth = { kind: 'password', username, password: secret(password) } as const;
  const connection = createConnection({ url, auth });
  assert.ok((await login(connection, auth)).ok);
  const logger = createLogger({ level: 'debug', pretty: false, write: (line) => log.push(line) });
  const ensureHook = createEnsureHook(
    { hook: { ...hook, ...changes } },
    { connection, port: () => 4711, log: logger },
  );
  return { ensureHook, log };
}

const installed = (written: boolean) => ({ ok: true, value: { state: 'installed', written, reason: null } });

const writes = ({ requests }: QbittorrentSimulator) =>
  requests.filter(({ path }) => path.endsWith('setPreferences')).length;
const reads = ({ requests }: QbittorrentSimulator) =>
  requests.filter(({ path }) => path.endsWith('app/preferences')).length;

test('both hooks are installed, with the actual port and the token; later checks only read', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const { ensureHook, log } = await prepare(qbittorrent);
  assert.deepEqual(await ensureHook(), installed(true));
  const { preferences } = qbittorrent;
  assert.equal(preferences['autorun_on_torrent_added_enabled'], true);
  assert.equal(
    preferences['autorun_on_torrent_added_program'],
    'curl -q -fsS -m 5 --noproxy * -X POST -H "Authorization: Bearer planted-token" "http://localhost:4711/track?hash=%K"',
  );
  assert.match(String(preferences['autorun_program']), /\/finished\?hash=%K"$/);
  const [before, written] = [reads(qbittorrent), writes(qbittorrent)];
  assert.deepEqual(await ensureHook(), installed(false));
  assert.equal(reads(qbittorrent), before + 1);
  assert.equal(writes(qbittorrent), written);
  assert.doesNotMatch(log.join(''), /planted/);
});

test('lines of versions that did not bypass proxies are updated, once', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const { ensureHook } = await prepare(qbittorrent);
  await ensureHook();
  const { preferences } = qbittorrent;
  const fresh = preferences['autorun_on_torrent_added_program'];
  for (const name of ['autorun_on_torrent_added_program', 'autorun_program'])
    preferences[name] = String(preferences[name]).replace('-q -fsS -m 5 --noproxy *', '-fsS -m 5');
  assert.deepEqual(await ensureHook(), installed(true));
  assert.equal(preferences['autorun_on_torrent_added_program'], fresh);
  assert.deepEqual(await ensureHook(), installed(false));
});

test('after a reset of the preferences it is installed again', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const { ensureHook } = await prepare(qbittorrent);
  await ensureHook();
  const { preferences } = qbittorrent;
  Object.assign(preferences, {
    autorun_on_torrent_added_enabled: false,
    autorun_on_torrent_added_program: '',
  });
  assert.deepEqual(await ensureHook(), installed(true));
  assert.equal(preferences['autorun_on_torrent_added_enabled'], true);
});

test('another command is kept, the other hook is installed, and this is logged once', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const { preferences } = qbittorrent;
  Object.assign(preferences, { autorun_enabled: true, autorun_program: 'notify.sh planted-argument' });
  const { ensureHook, log } = await prepare(qbittorrent);
  for (const written of [true, false, false]) {
    assert.deepEqual(await ensureHook(), {
      ok: true,
      value: {
        state: 'blocked',
        written,
        reason:
          'another command is set in "Run external program on torrent finished": run install-hook for instructions',
      },
    });
  }
  assert.equal(preferences['autorun_program'], 'notify.sh planted-argument');
  assert.equal(preferences['autorun_on_torrent_added_enabled'], true);
  assert.equal(log.filter((line) => line.includes('another command')).length, 1);
  assert.doesNotMatch(log.join(''), /planted/);
});

test('nothing is read or written with a token that a line cannot contain', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const { ensureHook, log } = await prepare(qbittorrent, { token: secret('planted"quote') });
  for (let times = 0; times < 2; times += 1) {
    const ensured = await ensureHook();
    assert.ok(ensured.ok && ensured.value.state === 'impossible' && ensured.value.reason !== null);
  }
  assert.equal(reads(qbittorrent) + writes(qbittorrent), 0);
  assert.equal(log.length, 1);
  assert.doesNotMatch(log.join(''), /planted/);
});

test('an expired session is a failure for the caller, and only a repeated one is logged', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const { ensureHook, log } = await prepare(qbittorrent);
  qbittorrent.expireSessions();
  for (const lines of [0, 1, 1]) {
    const ensured = await ensureHook();
    assert.ok(!ensured.ok && ensured.failure.kind === 'unauthorized');
    assert.equal(log.length, lines);
  }
});

test('a failure is logged once while it lasts, and again after a success', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const { ensureHook, log } = await prepare(qbittorrent);
  const fail = (times: number) => qbittorrent.fail('app/preferences', { kind: 'status', status: 500 }, times);
  const failures = () => log.filter((line) => line.includes('could not check the hook')).length;
  fail(3);
  for (let times = 0; times < 3; times += 1) assert.equal((await ensureHook()).ok, false);
  assert.equal(failures(), 1);
  assert.deepEqual(await ensureHook(), installed(true));
  fail(1);
  await ensureHook();
  assert.equal(failures(), 2);
});

test('an aborted check is no failure', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const { ensureHook, log } = await prepare(qbittorrent);
  assert.equal((await ensureHook(AbortSignal.abort())).ok, false);
  assert.deepEqual(log, []);
});
