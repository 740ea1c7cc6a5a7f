/**
 * "On the machine itself" of docs/setup.md, line by line as a new user would run it: only paths, ports and servers
 * differ.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { EXIT } from '../../src/commands/exit.ts';
import { runByOldNode, verifyUnit } from '../debian/machine.ts';
import { freePort, realTest, startNtfy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import { HOME } from './document.ts';
import { build, commands, PATH, placeBundle, scratch, settings, shell, take, unit } from './scratch.ts';

realTest(
  'the lines for an installation on the machine lead from a checkout to a service that announces a download',
  { needs: ['qbittorrent current', 'ntfy current', 'machine'] },
  async () => {
    assert.equal(take('npm ci'), 'npm ci && npm run build');
    await using machine = scratch();
    const { root, inside } = machine;
    build(root);
    for (const line of commands.filter((line) => line.startsWith('sudo install '))) {
      const done = shell(inside(line), root);
      assert.equal(done.status, 0, done.output);
    }

    await using qbittorrent = await startQbittorrent('current', { username: 'admin', password: 'secret' });
    await using ntfy = await startNtfy('current');
    await using seed = await startWebSeed({ rate: 1_000_000 });
    const own = [
      `QBIT_HOST='${qbittorrent.url}'`,
      `HOOK_PORT=${await freePort()}`,
      `OPS_PORT=${await freePort()}`,
      'POLL_INTERVAL=1s',
    ];
    const file = join(root, 'etc', 'qbit-ntfy.env');
    const text = inside(settings).replace('https://ntfy.example.org', ntfy.url);
    assert.ok(existsSync(file) && text.includes(ntfy.url) && text.includes(`${root}/var/lib/qbit-ntfy`));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    writeFileSync(file, `${text}${own.join('\n')}\n`);

    for (const line of commands.filter((line) => line.startsWith('sudo node '))) {
      const done = shell(inside(line), root);
      assert.equal(done.status, 0, `${line}\n${done.output}`);
    }

    const name = take('sudo systemctl').split(' ').at(-1) ?? '';
    assert.equal(readFileSync(join(root, 'etc', 'systemd', 'system', `${name}.service`), 'utf8'), unit);
    assert.deepEqual(await verifyUnit(root, name), { status: 0, output: '' });
    assert.match(unit, new RegExp(`^RestartPreventExitStatus=${EXIT.config}$`, 'm'));

    const { ExecStart: start = '', EnvironmentFile: from = '' } = parseEnv(inside(unit));
    const [program = '', ...args] = start.split(' ');
    const env = parseEnv(readFileSync(from, 'utf8')) as Record<string, string>;
    const service = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(service, 'exit');
    try {
      let log = '';
      service.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
      await until('it is logged in', () => log.includes('logged in to qBittorrent'));
      const torrent = seed.serve('by the book.iso', 2_000_000);
      await qbittorrent.addTorrent(torrent.file);
      await until('it is announced', async () =>
        (await ntfy.messages('downloads')).some(({ title }) => title === 'Download Complete'),
      );
    } finally {
      service.kill('SIGTERM');
    }
    assert.deepEqual(await ended, [0, null]);
    assert.ok(existsSync(join(root, 'var', 'lib', 'qbit-ntfy', 'sidecar.sqlite')));
  },
);

realTest(
  'systemd-analyze checks the service file: an unknown keyword is reported',
  { needs: ['machine'] },
  async () => {
    await using machine = scratch();
    const name = join(machine.root, 'etc', 'systemd', 'system', 'invalid.service');
    writeFileSync(name, unit.replace('StateDirectory', 'StateFolder'));
    const { status, output } = await verifyUnit(machine.root, 'invalid');
    assert.notEqual(status, 0);
    assert.match(output, /StateFolder/);
  },
);

test('npx runs the packed program in an empty folder', async (t) => {
  await using machine = scratch();
  // Not one above the other: npx would use a package in a parent folder as its own.
  const [checkout, empty] = [join(machine.root, 'opt'), join(machine.root, 'empty')];
  await placeBundle(checkout);
  for (const file of ['package.json', 'README.md', 'LICENSE']) {
    copyFileSync(join(HOME, file), join(checkout, file));
  }
  // The build is done already, and its tools are not available here.
  const packed = shell(`${take('npm pack')} --ignore-scripts --pack-destination ${empty}`, checkout);
  assert.equal(packed.status, 0, packed.output);
  const { status, output } = shell(`${take('npx ')} --json`, empty, {
    // The npm registry and its certificates are settings of this machine.
    ...process.env,
    PATH,
    NTFY_TOPIC: '',
    npm_config_yes: 'true',
    npm_config_fetch_retries: '1',
    npm_config_cache: join(machine.root, 'var'),
  });
  const offline = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT)\b/.test(output);
  if (offline && process.env['CI'] !== 'true') return t.skip('npm reaches no registry');
  assert.equal(status, 1, output);
  return assert.match(output, /NTFY_TOPIC is missing/);
});

realTest('a Node that is too old is reported in one line', { needs: ['machine'] }, async () => {
  await using machine = scratch();
  await placeBundle(machine.root);
  const file = join(machine.root, 'dist', 'sidecar.js');
  for (const command of ['doctor', 'serve', '--help']) {
    const { status, output } = await runByOldNode(file, [command]);
    assert.equal(status, EXIT.config, output);
    assert.match(
      output,
      /^qbit-ntfy-sidecar requires Node\.js 24 or later; this is 2\d\.\d+\.\d+ \([^)]+\)\.\n$/,
    );
  }
});
