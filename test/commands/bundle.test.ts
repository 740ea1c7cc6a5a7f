import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');

test('the bundle is one file with the same commands, and needs nothing beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  try {
    const file = join(folder, 'sidecar.mjs');
    const rolldown = join(ROOT, 'node_modules', 'rolldown', 'bin', 'cli.mjs');
    execFileSync(process.execPath, [rolldown, '-c', 'rolldown.config.ts', '--file', file], { cwd: ROOT });
    assert.match(readFileSync(file, 'utf8'), /^#!\/usr\/bin\/env node\n/);
    // A tenth more than it was; the image may be 2 MB above its base.
    assert.ok(statSync(file).size < 700_000, `${statSync(file).size} bytes`);
    // What only a checkout has: development dependencies, and what needs them.
    assert.doesNotMatch(readFileSync(file, 'utf8'), /\b(from|import)\b[ (]*["'`]@statelyai|eclipse\.elk/);
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [file, ...args], { cwd: folder, env: {}, encoding: 'utf8' });
    assert.match(run('--help').stdout, /serve[^]*demo[^]*doctor[^]*healthcheck/);
    assert.equal(run('fly').status, 64);
    assert.equal(run().status, 78);
    const doctor = run('doctor', '--json');
    assert.equal(doctor.status, 1);
    assert.match(doctor.stdout, /NTFY_TOPIC is missing/);
    assert.equal(run('healthcheck', '--help').status, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
