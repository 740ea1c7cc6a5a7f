import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { ensureBundle } from '../../src/development/bundle.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';

const ROOT = new URL('../../', import.meta.url);
/** What is shipped; a process of it also starts several times faster than one of the sources. */
const bundle = await ensureBundle();
const COMMANDS = [
  'serve',
  'demo',
  'doctor',
  'install-hook',
  'uninstall-hook',
  'test-notification',
  'healthcheck',
];

interface Ended {
  status: number;
  out: string;
  err: string;
}

/** Runs the command line with only this in the environment. */
function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { PATH: process.env['PATH'] ?? '', ...env } };
    const child = execFile(process.execPath, [bundle, ...args], options, (_, out, err) =>
      resolve({ status: child.exitCode ?? -1, out, err }),
    );
  });
}

test('--help names every command, and each has its own help', async () => {
  const help = await run(['--help']);
  assert.equal(help.status, 0);
  for (const command of COMMANDS) assert.match(help.out, new RegExp(`^  ${command}\\b`, 'm'));
  const each = await Promise.all(COMMANDS.map((command) => run([command, '--help'])));
  for (const [index, { status, out }] of each.entries()) {
    assert.equal(status, 0);
    assert.match(out, new RegExp(`^Usage: qbit-ntfy-sidecar ${COMMANDS[index]} `));
  }
});

for (const args of [
  ['fly'],
  ['toString'],
  ['doctor', '--jsno'],
  ['doctor', 'extra'],
  ['--json'],
  ['install-hook', '--url'],
  ['install-hook', '--url', 'nonsense'],
  ['install-hook', '--tool', 'nc'],
  ['install-hook', '--only', 'both'],
]) {
  test(`${args.join(' ')} is a usage error: exit status 64 with a message, and no other effect`, async () => {
    const { status, out, err } = await run(args, { NTFY_TOPIC: 't' });
    assert.equal(status, 64);
    assert.equal(out, '');
    assert.ok(err.length > 10, err);
  });
}

test('each command that needs the configuration names its problems: exit status 78, the doctor 1', async () => {
  const env = { NTFY_TOPIC: 'planted/topic', QBIT_PASS: 'planted-pass' };
  const commands = ['serve', 'install-hook', 'uninstall-hook', 'test-notification', 'doctor'];
  const ended = await Promise.all(commands.map((command) => run([command], env)));
  for (const [index, { status, out, err }] of ended.entries()) {
    assert.equal(status, commands[index] === 'doctor' ? 1 : 78);
    assert.match(out + err, /NTFY_TOPIC.*QBIT_USER|QBIT_USER[^]*NTFY_TOPIC|NTFY_TOPIC[^]*QBIT_USER/);
    assert.doesNotMatch(out + err, /planted/);
  }
});

test('the doctor and the installer work together as processes, and print no secret', async () => {
  await using qbittorrent = await startQbittorrentSimulator({ password: 'planted-pass' });
  await using ntfy = await startNtfySimulator({ token: 'tk_plantedplantedplantedplanted12' });
  const env = {
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: 'admin',
    QBIT_PASS: 'planted-pass',
    NTFY_TOPIC: `${ntfy.url}/planted-topic`,
    NTFY_TOKEN: 'tk_plantedplantedplantedplanted12',
    HOOK_TOKEN: 'planted-hook',
  };
  const before = structuredClone(qbittorrent.preferences);
  const [sick, installed] = [await run(['doctor'], env), await run(['install-hook'], env)];
  assert.match(String(qbittorrent.preferences['autorun_program']), /Bearer planted-hook/);
  const [json, removed] = [await run(['doctor', '--json'], env), await run(['uninstall-hook'], env)];
  assert.deepEqual([sick.status, installed.status, removed.status], [1, 0, 0]);
  const { findings } = JSON.parse(json.out) as { findings: Array<{ id: string; status: string }> };
  assert.equal(findings.find(({ id }) => id === 'hook-added')?.status, 'ok');
  assert.deepEqual(qbittorrent.preferences, before);
  for (const { out, err } of [sick, installed, json, removed]) assert.doesNotMatch(out + err, /planted/);
});

test('a missing address, or a token that a line cannot contain, is reported without a request to qBittorrent', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const env = { QBIT_HOST: qbittorrent.url, NTFY_TOPIC: 't' };
  const noPort = await run(['install-hook'], { ...env, HOOK_PORT: '0' });
  assert.match(noPort.err, /HOOK_PORT is 0/);
  const badToken = await run(['install-hook'], { ...env, HOOK_TOKEN: 'planted"' });
  assert.match(badToken.err, /HOOK_TOKEN contains/);
  assert.deepEqual([noPort.status, badToken.status, qbittorrent.requests.length], [78, 78, 0]);
  assert.doesNotMatch(badToken.err, /planted/);
});
