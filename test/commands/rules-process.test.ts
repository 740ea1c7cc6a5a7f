import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { until } from '../servers/wait.ts';
import { fileOf, folder, invalid, valid } from './rules-files.ts';

describe('as a process', () => {
  const home = new URL('../../', import.meta.url);
  const run = (args: string[], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, ['src/cli.ts', ...args], { cwd: home, env, encoding: 'utf8' });

  test('the commands have a help, options and exit statuses', () => {
    assert.match(run(['rules', '--help']).stdout, /check[^]*explain[^]*schema/);
    assert.equal(run(['rules', 'check', valid]).status, 0);
    assert.equal(run(['rules', 'check', invalid]).status, 1);
    assert.equal(run(['rules', 'fly']).status, 64);
    const explained = run([
      'rules',
      'explain',
      '--file',
      valid,
      '--tag',
      'x',
      '--tag',
      'notify',
      '--private',
      'true',
      '--size',
      '1 GB',
    ]);
    assert.match(explained.stdout, /^Rule "by hand" applies\.$/m, explained.stderr);
  });

  /** Nothing listens there. */
  const env = (changes: Record<string, string>) => ({
    QBIT_HOST: 'http://127.0.0.1:9',
    NTFY_TOPIC: 'http://127.0.0.1:9/planted-topic',
    HOOK_PORT: '0',
    OPS_PORT: '0',
    ...changes,
  });

  test('an invalid file without a copy ends the start with status 78 and every problem', () => {
    const { status, stderr, stdout } = run([], env({ RULES_FILE: invalid }));
    assert.equal(status, 78, stderr);
    assert.equal(
      stderr
        .replaceAll(invalid, 'f')
        .split('\n')
        .map((line) => line.replace(/: rule .*/, ''))
        .join('\n'),
      'RULES_FILE has 2 problems:\n  f:3:12\n  f:4:5\n',
    );
    assert.equal(stdout, '');
  });

  test('SIGHUP reads a changed file, and an invalid one changes nothing', { timeout: 120_000 }, async () => {
    const stateDir = join(folder, 'state');
    mkdirSync(stateDir);
    const path = fileOf('running.yaml', 'rules: [{ name: a }]');
    const sidecar = spawn(process.execPath, ['src/cli.ts'], {
      cwd: home,
      env: env({ RULES_FILE: path, STATE_DIR: stateDir }),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let log = '';
    sidecar.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const logged = (pattern: RegExp) => until(`${pattern} is logged`, () => pattern.test(log));
    try {
      await logged(/"message":"listening"/);
      assert.match(log, /"message":"rules loaded"/);
      writeFileSync(`${path}.new`, 'rules: [{ name: a }, { name: b, topic: planted-topic }]');
      renameSync(`${path}.new`, path);
      sidecar.kill('SIGHUP');
      await logged(/"message":"rules changed"/);
      writeFileSync(path, 'rules: [{ name: a, topic: planted/topic }]');
      sidecar.kill('SIGHUP');
      await logged(/RULES_FILE is invalid: the last valid rules stay in use/);
      assert.doesNotMatch(log, /planted/);
      assert.match(readFileSync(join(stateDir, 'rules-last-valid.yaml'), 'utf8'), /name: b/);
    } finally {
      sidecar.kill('SIGTERM');
      await once(sidecar, 'exit');
    }
  });
});
