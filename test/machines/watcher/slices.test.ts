import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, policy, seen } from '../fixtures.ts';
import { startWatcher } from '../watcher-harness.ts';

test('the observations of thousands of torrents are sent in slices, so that hooks are answered in between', async () => {
  const torrents = Array.from({ length: 1000 }, (_, n) => seen({ hash: hashOf(n) }));
  const watcher = startWatcher(...torrents.slice(1));
  watcher.session('ready');
  watcher.watch(...torrents.map(({ hash }) => hash));
  await watcher.pass(policy.pollInterval);
  const reports = watcher.observed();
  assert.deepEqual(
    reports.map(({ observations, missed }) => [observations.length, missed.length]),
    [...Array.from({ length: 20 }, (_, n) => [n < 19 ? 50 : 49, 0]), [0, 1]],
  );
  assert.deepEqual(
    reports.flatMap(({ observations }) => observations),
    torrents.slice(1),
  );
  assert.equal(
    new Set(reports.slice(0, -1).map(({ at }) => at)).size,
    1,
    'all have the time of the same poll',
  );
  assert.equal(
    watcher.answers(),
    2,
    'one for the poll, one for the list in which the missing one was searched',
  );
});

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
