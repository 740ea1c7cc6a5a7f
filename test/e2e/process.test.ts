import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { ensureBundle } from '../../src/development/bundle.ts';
import { until } from '../servers/wait.ts';
import { shippedFlags } from '../shipped-flags.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';

const ROOT = new URL('../../', import.meta.url);
/** Not the tests' own environment: a developer's variables must not change the result. */
const BARE = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };

const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill('SIGKILL');
});

interface Run {
  process: ChildProcess;
  /** The output of both streams so far. */
  output(): string;
  ended: Promise<number | null>;
}

function run(command: string, args: string[], env: Record<string, string> = {}): Run {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...BARE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  running.add(child);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { process: child, output: () => output, ended };
}

const SECRETS = {
  QBIT_PASS: 'planted-qbit-pass',
  NTFY_TOKEN: 'tk_plantedplantedplantedplanted12',
  HOOK_TOKEN: 'planted-hook-token',
  OPS_TOKEN: 'planted-ops-token',
};

test('npm start reports every problem of the environment at once and exits with 78', async () => {
  const started = run('npm', ['start', '--silent'], {
    QBIT_HOST: 'nonsense',
    POLL_INTERVAL: 'soon',
    ...SECRETS,
  });
  assert.equal(await started.ended, 78);
  for (const name of ['QBIT_HOST', 'QBIT_USER', 'POLL_INTERVAL', 'NTFY_TOPIC']) {
    assert.match(started.output(), new RegExp(name));
  }
  assert.doesNotMatch(started.output(), /planted/);
});

test('an unknown command is reported, with the list of commands', async () => {
  const started = run('npm', ['start', '--silent', '--', 'fly']);
  assert.equal(await started.ended, 64);
  assert.match(started.output(), /Unknown command "fly"\. Commands: serve, demo/);
});

test('no secret is printed, whatever fails', async () => {
  await using qbittorrent = await startQbittorrentSimulator({ password: 'another' });
  await using ntfy = await startNtfySimulator({ token: 'tk_anotheranotheranotheranother12' });
  const started = run(process.execPath, [...shippedFlags('/state'), await ensureBundle()], {
    ...SECRETS,
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: 'planted-user',
    NTFY_TOPIC: `${ntfy.url}/planted-topic`,
    HOOK_PORT: '0',
    OPS_PORT: '0',
    LOG_LEVEL: 'debug',
  });
  await until('the password is refused', () => started.output().includes('refused QBIT_USER and QBIT_PASS'));
  started.process.kill('SIGTERM');
  assert.equal(await started.ended, 0);
  assert.doesNotMatch(started.output(), /planted/);
  assert.equal(qbittorrent.requests.filter(({ path }) => path.includes('auth/login')).length, 1);
});

test('a port in use is reported, with the setting that changes it', async () => {
  await using other = await startNtfySimulator();
  const started = run(process.execPath, [...shippedFlags('/state'), await ensureBundle()], {
    NTFY_TOPIC: 'http://127.0.0.1:9/downloads',
    HOOK_PORT: '0',
    OPS_HOST: '127.0.0.1',
    OPS_PORT: String(other.port),
  });
  assert.equal(await started.ended, 1);
  assert.match(started.output(), new RegExp(`Port ${other.port}.*OPS_PORT`));
});

test('npm run demo runs to its end on embedded servers, without configuration', async () => {
  const started = run('npm', ['run', 'demo', '--silent']);
  const [, page = ''] = await until('it prints the URL', () =>
    /statecharts: (http:\/\/localhost:\d+\/)/.exec(started.output()),
  );
  assert.match(await (await fetch(page)).text(), /<h2 [^>]*>Downloads<\/h2>/);
  assert.equal(await started.ended, 0, started.output());
  const sounds = started.output().match(/\(sound\) Download Complete/g) ?? [];
  assert.equal(sounds.length, 3);
  assert.match(started.output(), /Stalled/);
  assert.equal(started.output().match(/\(sound\) 12 downloads complete/g)?.length, 1);
  assert.match(started.output(), /phone: 12 downloads: \d+%/);
  assert.match(started.output(), /Cards left on the phone: 4. Sounds: 4./);
  assert.match(started.output(), /Logins to qBittorrent: 2/);
});
