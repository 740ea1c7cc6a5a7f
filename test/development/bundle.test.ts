import assert from 'node:assert/strict';
import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureBundle, isStale } from '../../src/development/bundle.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';

test('the bundle is built when it is missing or older than its sources, and only then', async () => {
  const folder = temporaryFolder('build');
  const file = join(folder, 'sidecar.js');
  assert.equal(isStale(file), true, 'it is missing');
  await ensureBundle(file);
  assert.equal(isStale(file), false);
  const { ino } = statSync(file);
  await ensureBundle(file);
  assert.equal(statSync(file).ino, ino, 'it was not built again');
  utimesSync(file, new Date(0), new Date(0));
  assert.equal(isStale(file), true, 'it is older than its sources');
  await ensureBundle(file);
  assert.equal(isStale(file), false);
  await removeFolder(folder);
});
