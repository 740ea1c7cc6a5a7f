import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, policy } from '../fixtures.ts';
import { startWatcher } from '../watcher-harness.ts';

test('torrents that are missed at the same time are reported in slices', async () => {
  const hashes = Array.from({ length: 100 }, (_, n) => hashOf(n));
  const watcher = startWatcher();
  watcher.session('ready');
  watcher.watch(...hashes);
  await watcher.pass(policy.pollInterval);
  const missed = watcher.observed().map(({ missed }) => missed);
  assert.deepEqual(missed.flat(), hashes);
  assert.ok(missed.every(({ length }) => length <= 5));
});
