/** What Node's permission model prevents under the image's flags, and what not: SECURITY.md guarantees no more. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readShipped, withStateDir } from '../../src/development/shipped.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';

const folder = temporaryFolder('permissions');
const [state, other] = [join(folder, 'state'), join(folder, 'other')];
mkdirSync(state, { recursive: true });
mkdirSync(other);
after(() => removeFolder(folder));

const flags = withStateDir(readShipped().flags, state);

/** Runs a script under the image's flags; returns its output, or the code of its error. */
function run(script: string, env: Record<string, string> = {}): string {
  const program = `
    const fs = require('node:fs');
    const [state, other] = ${JSON.stringify([state, other])};
    try { ${script}; console.log('done') } catch (error) { console.log(error.code) }`;
  const ended = spawnSync(process.execPath, [...flags, '-e', program], { env, encoding: 'utf8' });
  return ended.stdout.trim().split('\n').at(-1) ?? '';
}

test('the image has the flags of the permission model', () => {
  assert.ok(flags.includes('--permission'));
  assert.ok(flags.includes(`--allow-fs-write=${state}`));
});

describe('the permission model denies', () => {
  const denied: Record<string, string> = {
    'a file outside of the state': `fs.writeFileSync(other + '/file', '')`,
    'another mode of a file that it may read': `fs.fchmodSync(fs.openSync(process.execPath), 0o755)`,
    'its own memory': `fs.openSync('/proc/self/mem', 'r+')`,
    'another program': `const { error } = require('node:child_process').spawnSync('true'); if (error) throw error`,
    'a worker': `new (require('node:worker_threads').Worker)('', { eval: true })`,
    'the debugger': `require('node:inspector').open(0)`,
    'native code': `process.dlopen({ exports: {} }, '/none.node')`,
  };
  for (const [what, script] of Object.entries(denied)) {
    test(what, () => assert.match(run(script), /^ERR_(ACCESS_DENIED|DLOPEN_DISABLED)$/));
  }

  test('but not writing to the state', () => {
    assert.equal(run(`fs.writeFileSync(state + '/file', '')`), 'done');
  });
});

describe('the permission model does not prevent', () => {
  test('node:sqlite from writing any file', () => {
    const file = join(other, 'any.sqlite');
    const script = `new (require('node:sqlite').DatabaseSync)(other + '/any.sqlite').exec('create table t (a)')`;
    assert.equal(run(script), 'done');
    assert.ok(existsSync(file));
  });

  test('a symbolic link from leaving the state', () => {
    symlinkSync(other, join(state, 'link'));
    assert.equal(run(`fs.writeFileSync(state + '/link/through', '')`), 'done');
    assert.ok(existsSync(join(other, 'through')));
  });

  test('access to the network', () => {
    assert.equal(run(`require('node:net').createServer().listen(0).unref()`), 'done');
  });

  test('options in NODE_OPTIONS', () => {
    const writing = `fs.writeFileSync(other + '/widened', '')`;
    assert.equal(run(writing, { NODE_OPTIONS: '--allow-fs-write=*' }), 'done');
    const program = `const { error } = require('node:child_process').spawnSync('true'); if (error) throw error`;
    assert.equal(
      run(program, { NODE_OPTIONS: '--allow-child-process', PATH: process.env['PATH'] ?? '' }),
      'done',
    );
    const preload = join(folder, 'preload.cjs');
    writeFileSync(preload, `console.log('preloaded'); process.exit()`);
    assert.equal(run('', { NODE_OPTIONS: `--require=${preload}` }), 'preloaded');
  });
});
