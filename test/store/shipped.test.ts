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

for (const name of FILES) {
  test(`under the flags of the image: ${name}`, () => {
    const args = [...shippedFlags(TEMP_PREFIX), `${import.meta.dirname}/${name}.test.ts`];
    const env = { ...process.env };
    delete env['NODE_TEST_CONTEXT'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /pass [1-9]/);
  });
}
