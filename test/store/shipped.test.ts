import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { shippedFlags } from '../shipped-flags.ts';
import { TEMP_PREFIX } from './fixtures.ts';

/** These start processes under the flags themselves; and this file. */
const APART = new Set(['damage', 'foreign', 'instance', 'kill', 'phone', 'process', 'shipped']);

/** All other tests of the store. */
const FILES = globSync('*.test.ts', { cwd: import.meta.dirname })
  .map((file) => basename(file, '.test.ts'))
  .filter((name) => !APART.has(name));

test('all other tests of the store pass under the flags of the image', (t) => {
  // In one process: under these flags it takes a second until the sources are loaded.
  const program = FILES.map((name) => `import '${import.meta.dirname}/${name}.test.ts';`).join('\n');
  const args = [...shippedFlags(TEMP_PREFIX), '--input-type=module', '--eval', program];
  const env = { ...process.env };
  delete env['NODE_TEST_CONTEXT'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  const passed = Number(/pass (\d+)/.exec(stdout)?.[1]);
  assert.ok(passed > FILES.length, stdout);
  t.diagnostic(`${passed} tests in ${FILES.length} files`);
});
