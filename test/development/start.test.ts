/** `npm start`: the bundle replaces the start script, with the image's flags, and leaves no process behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { BUNDLE } from '../../src/development/bundle.ts';
import { readShipped, ROOT, startOptions } from '../../src/development/shipped.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import { until } from '../servers/wait.ts';

const ENV = {
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  NTFY_TOPIC: 'http://127.0.0.1:9/downloads',
  QBIT_HOST: 'http://127.0.0.1:9',
  HOOK_PORT: '0',
  OPS_HOST: '127.0.0.1',
  OPS_PORT: '0',
};

const readProcess = (pid: number, file: string): string[] =>
  readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').filter(Boolean);

/** The running processes of a group; a zombie counts as ended. */
function groupOf(id: number): number[] {
  return globSync('/proc/[0-9]*').flatMap((folder) => {
    try {
      const stat = readFileSync(join(folder, 'stat'), 'utf8');
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(group) === id && state !== 'Z' ? [Number(folder.slice('/proc/'.length))] : [];
    } catch {
      return []; // it ended meanwhile
    }
  });
}

/** Runs a command in a separate process group, as a terminal does; it listens when this resolves. */
async function launch(command: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...ENV, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  const group = child.pid ?? 0;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const stop = () => groupOf(group).forEach((pid) => process.kill(pid, 'SIGKILL'));
  await until('it listens', () => output.includes('"listening"')).catch((error: unknown) => {
    stop();
    throw new Error(output, { cause: error });
  });
  return {
    output: () => output,
    signal: (name: NodeJS.Signals) => child.kill(name),
    /** As Ctrl-C: every process of the group receives it. */
    signalGroup: (name: NodeJS.Signals) => process.kill(-group, name),
    members: () => groupOf(group),
    ended,
    [Symbol.dispose]: stop,
  };
}

const onLinux = { skip: process.platform === 'linux' ? false : 'processes are read from /proc' };

/** Runs `npm start`. npm forwards a signal to its shell, which may be ended by it: then npm has no other status. */
const launchByNpm = (env: Record<string, string> = {}) => launch('npm', ['start', '--silent'], env);
/** Waits for the end of all processes of a group: a process closes its pipes before it is gone. */
async function assertEnded(started: Awaited<ReturnType<typeof launch>>): Promise<void> {
  await started.ended;
  await until('all processes are gone', () => started.members().length === 0, {
    deadline: 10_000,
  });
  assert.match(started.output(), /"stopping"/);
}

const SCRIPT = join(ROOT, 'src', 'development', 'start.ts');
/** As on Windows. */
const NO_EXECVE = '--import=data:text/javascript,process.execve=undefined';

describe('npm start', onLinux, () => {
  test('runs the bundle in one process, with the flags and the environment of the image', async () => {
    const folder = temporaryFolder('start');
    const stateDir = join(folder, 'state');
    using started = await launchByNpm({ STATE_DIR: stateDir });
    const { flags, env } = startOptions({ STATE_DIR: stateDir });
    const nodes = started.members().filter((pid) => readProcess(pid, 'cmdline').includes(BUNDLE));
    assert.equal(nodes.length, 1);
    const [pid = 0] = nodes;
    assert.deepEqual(readProcess(pid, 'cmdline').slice(1), [...flags, BUNDLE]);
    const actual = readProcess(pid, 'environ');
    for (const [name, value] of Object.entries(env)) assert.ok(actual.includes(`${name}=${value}`), name);
    assert.ok(existsSync(join(stateDir, 'sidecar.sqlite')));
    const scripts = started.members().filter((pid) => readProcess(pid, 'cmdline').includes(SCRIPT));
    assert.deepEqual(scripts, [], 'the start script was replaced');
    started.signal('SIGTERM');
    await assertEnded(started);
    await removeFolder(folder);
  });

  test('ends on SIGTERM to npm, and leaves no process', async () => {
    using started = await launchByNpm();
    started.signal('SIGTERM');
    await assertEnded(started);
  });

  test('ends on Ctrl-C, and leaves no process', async () => {
    using started = await launchByNpm();
    started.signalGroup('SIGINT');
    await assertEnded(started);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`ends its own process with status 0 on ${signal}`, async () => {
      using started = await launch(process.execPath, [SCRIPT]);
      assert.equal(started.members().length, 1);
      started.signal(signal);
      assert.deepEqual(await started.ended, [0, null]);
      await assertEnded(started);
    });
  }
});

describe('where a process cannot be replaced, npm start runs the bundle as a child', onLinux, () => {
  test('which receives SIGTERM, and whose status npm start returns', async () => {
    using started = await launch(process.execPath, [NO_EXECVE, SCRIPT]);
    assert.equal(started.members().length, 2);
    started.signal('SIGTERM');
    assert.deepEqual(await started.ended, [0, null]);
    await assertEnded(started);
  });

  test('which ends with npm and on Ctrl-C', async () => {
    const end = {
      SIGTERM: (started: Awaited<ReturnType<typeof launch>>) => started.signal('SIGTERM'),
      SIGINT: (started: Awaited<ReturnType<typeof launch>>) => started.signalGroup('SIGINT'),
    };
    for (const send of Object.values(end)) {
      using started = await launchByNpm({ NODE_OPTIONS: NO_EXECVE });
      send(started);
      await assertEnded(started);
    }
  });
});

describe('the options of npm start', () => {
  const shipped = readShipped();

  test('allow Node to write to the STATE_DIR of the user', () => {
    const { flags } = startOptions({ STATE_DIR: '/srv/sidecar' });
    const writable = flags.filter((flag) => flag.startsWith('--allow-fs-write'));
    assert.deepEqual(writable, ['--allow-fs-write=/srv/sidecar', '--allow-fs-write=/srv/sidecar/*']);
    assert.deepEqual(
      flags.filter((flag) => !writable.includes(flag)),
      shipped.flags.filter((flag) => flag !== '--allow-fs-write=/state'),
    );
  });

  test('resolve a relative STATE_DIR against the current folder', () => {
    const { flags, env } = startOptions({ STATE_DIR: 'state' });
    assert.ok(flags.includes(`--allow-fs-write=${join(process.cwd(), 'state')}`));
    assert.equal(env['STATE_DIR'], 'state');
  });

  test('allow Node to write to no folder without STATE_DIR, and contain none', () => {
    for (const given of [{}, { STATE_DIR: '' }]) {
      const { flags, env } = startOptions(given);
      assert.ok(flags.includes('--permission'));
      assert.ok(!flags.some((flag) => flag.startsWith('--allow-fs-write')));
      assert.ok(!env['STATE_DIR']);
    }
  });

  test('keep the variables that the user has set', () => {
    const { env } = startOptions({ NODE_ENV: 'test', OPS_PORT: '1' });
    assert.deepEqual([env['NODE_ENV'], env['OPS_PORT']], ['test', '1']);
    assert.equal(env['MALLOC_ARENA_MAX'], shipped.env['MALLOC_ARENA_MAX']);
  });
});

test('the service has the flags and the environment of the image, and a separate state folder', () => {
  const unit = readFileSync(join(ROOT, 'systemd', 'qbit-ntfy.service'), 'utf8');
  const valueOf = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
  const { flags, env } = readShipped();
  const variables = Object.entries(env).filter(([name]) => name !== 'STATE_DIR');
  const state = `/var/lib/${valueOf('StateDirectory')}`;
  assert.deepEqual(valueOf('ExecStart').split(' '), [
    '/usr/bin/node',
    ...flags.map((flag) => flag.replace(/\/state$/, state)),
    '/opt/qbit-ntfy/sidecar.js',
  ]);
  assert.deepEqual(
    valueOf('Environment').split(' '),
    variables.map((pair) => pair.join('=')),
  );
});

test('every script that runs Node is one plain command, which works in any shell', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const [name, script] of Object.entries(scripts)) {
    assert.doesNotMatch(script, /^exec |[;|$'"]/, name);
    if (script.includes('.ts') && name !== 'build') assert.match(script, /^node [\w./ -]+$/, name);
  }
});
