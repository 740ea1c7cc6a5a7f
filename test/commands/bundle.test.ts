import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ensureBundle } from '../../src/development/bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
const file = join(folder, 'sidecar.js');

before(async () => copyFileSync(await ensureBundle(), file));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs Node in that folder, with only this in the environment. */
const node = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });

test('the bundle is one file with all commands, and needs no other file', () => {
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^#!\/usr\/bin\/env node\n/);
  // A tenth more than its current size; the image may be 2 MB larger than its base.
  assert.ok(statSync(file).size < 990_000, `${statSync(file).size} bytes`);
  // Only a checkout contains development dependencies, and the code that needs them.
  assert.doesNotMatch(text, /\b(from|import)\b[ (]*["'`]@statelyai|eclipse\.elk/);
  const run = (...args: string[]) => node([file, ...args]);
  assert.match(run('--help').stdout, /serve[^]*demo[^]*doctor[^]*healthcheck/);
  assert.equal(run('fly').status, 64);
  assert.equal(run().status, 78);
  const doctor = run('doctor', '--json');
  assert.equal(doctor.status, 1);
  assert.match(doctor.stdout, /NTFY_TOPIC is missing/);
  assert.equal(run('healthcheck', '--help').status, 0);
});

test('V8 stores the bundle with one byte per character', () => {
  const { index } = /[^\0-\u007f]/.exec(readFileSync(file, 'utf8')) ?? {};
  assert.equal(index, undefined);
});

test('Node runs the bundle as a script and as a module, so it never has to try both', () => {
  for (const name of ['sidecar.cjs', 'sidecar.mjs']) {
    copyFileSync(file, join(folder, name));
    const { status, stderr, stdout } = node([name, 'doctor', '--json']);
    assert.equal(status, 1, stderr);
    assert.match(stdout, /NTFY_TOPIC is missing/);
  }
});

test('a health check loads neither fetch nor a database', () => {
  const preload = join(folder, 'preload.cjs');
  writeFileSync(preload, `process.on('exit', () => console.log(process.moduleLoadList.join('\\n')));`);
  const { status, stderr, stdout } = node(['--require', preload, file, 'healthcheck'], { OPS_PORT: '1' });
  assert.deepEqual([status, /nothing listens/.test(stderr)], [1, true]);
  assert.match(stdout, /^NativeModule http$/m);
  assert.doesNotMatch(stdout, /^NativeModule (internal\/deps\/undici\/undici|sqlite|http2)$/m);
});
