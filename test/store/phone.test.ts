import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import { scrape } from '../metrics/samples.ts';
import { until } from '../servers/wait.ts';
import { passTime, REOPEN_INTERVAL, tempDir } from './fixtures.ts';

test('a missing disk is reported on the phone, and resolved when it is available again', async (t) => {
  await using qbittorrent = await startQbittorrentSimulator({ bypassLocalAuth: true });
  await using ntfy = await startNtfySimulator();
  await using stack = new AsyncDisposableStack();
  const volume = join(tempDir(t), 'volume');
  const sidecar = await startSidecar({
    QBIT_HOST: qbittorrent.url,
    NTFY_TOPIC: `${ntfy.url}/downloads`,
    STATE_DIR: join(volume, 'state'),
  });
  stack.defer(() => sidecar.stop());
  const titles = () => ntfy.cards('downloads').map(({ title }) => title);
  const degraded = async () => (await scrape(sidecar)).get('qbit_ntfy_store_degraded');
  await until('it is reported', () => titles().includes('State is not saved'));
  assert.equal(await degraded(), 1);
  mkdirSync(volume);
  passTime(t, REOPEN_INTERVAL);
  // The next change tries the disk again.
  const hash = qbittorrent.addTorrent({ fate: 'dead' });
  await fetch(`http://127.0.0.1:${sidecar.hook.port}/track?hash=${hash}`, { method: 'POST' });
  await until('it is resolved', () => titles().includes('State is saved again'));
  assert.deepEqual(titles(), ['State is saved again'], 'replaced in place');
  assert.equal(ntfy.heard.length, 1);
  assert.equal(await degraded(), 0);
});

test('a state file that was deleted and written again is reported as repaired, and cleared after ten minutes', async (t) => {
  await using qbittorrent = await startQbittorrentSimulator({ bypassLocalAuth: true });
  await using ntfy = await startNtfySimulator();
  await using stack = new AsyncDisposableStack();
  const state = join(tempDir(t), 'state');
  const sidecar = await startSidecar({
    QBIT_HOST: qbittorrent.url,
    NTFY_TOPIC: `${ntfy.url}/downloads`,
    STATE_DIR: state,
  });
  stack.defer(() => sidecar.stop());
  const track = async () => {
    const hash = qbittorrent.addTorrent({ fate: 'dead' });
    await fetch(`http://127.0.0.1:${sidecar.hook.port}/track?hash=${hash}`, { method: 'POST' });
  };
  const store = async () => {
    const status = await (await fetch(`http://127.0.0.1:${sidecar.ops.port}/status`)).json();
    return (status as { store: { kind: string; problem: string | null } }).store;
  };
  const cards = () => ntfy.cards('downloads').map(({ title, message }) => [title, message]);
  rmSync(state, { recursive: true });
  await track();
  const message = 'The files in STATE_DIR were deleted. New ones were written.';
  await until('it is reported', () => cards().length > 0);
  assert.deepEqual(cards(), [['State was repaired', message]]);
  assert.deepEqual(await store(), { kind: 'disk', problem: message });
  passTime(t, 11 * 60_000);
  await track();
  await until('it is cleared', async () => (await store()).problem === null);
  await until('on the phone, too', () => cards()[0]?.[0] === 'State is saved again');
  assert.equal(cards().length, 1, 'replaced in place');
});
