import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { invalid, valid } from './rules-files.ts';
import { environment } from './rules-running.ts';

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

  test('an invalid file without a copy ends the start with status 78 and every problem', () => {
    const { status, stderr, stdout } = run([], environment({ RULES_FILE: invalid }));
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
});
