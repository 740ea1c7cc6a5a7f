import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HistoryStatus } from '../../src/app/history.ts';
import type { Sidecar } from '../../src/app/start.ts';
import { startEmbedded } from '../browser/scene.ts';
import { until } from '../servers/wait.ts';
import { startSidecar } from '../support/sidecar.ts';

const MB = 1_000_000;

async function historyOf({ ops }: Sidecar, search = ''): Promise<HistoryStatus[]> {
  const response = await fetch(`http://localhost:${ops.port}/history?search=${search}`);
  return ((await response.json()) as { entries: HistoryStatus[] }).entries;
}

const endsOf = async (sidecar: Sidecar, search?: string) =>
  (await historyOf(sidecar, search)).map(({ name, end, card, reason }) => [name, end, card, reason]);

test('what completed and what was removed is in the history, also after a restart, unless HISTORY is 0', async (t) => {
  const STATE_DIR = mkdtempSync(join(tmpdir(), 'history-'));
  t.after(() => rmSync(STATE_DIR, { recursive: true }));
  await using embedded = await startEmbedded();
  const start = async (env: Record<string, string> = {}) => {
    const sidecar = await startSidecar({ ...embedded.env, STATE_DIR, ...env });
    embedded.hookPort = sidecar.hook.port;
    return sidecar;
  };
  const first = await start();
  embedded.qbittorrent.addTorrent({ name: 'debian.iso', size: 5 * MB, rate: 5 * MB });
  await until('it is in the history', async () => (await historyOf(first)).length === 1);
  const gone = embedded.qbittorrent.addTorrent({ name: 'gone.iso', size: 200 * MB, rate: 5 * MB });
  await until('it has a card', () => embedded.ntfy.cards().some(({ title }) => title?.includes('gone.iso')));
  embedded.qbittorrent.removeTorrent(gone);
  await until('both are in the history', async () => (await historyOf(first)).length === 2);
  const ends = [
    ['gone.iso', 'removed', null, 'removal'],
    ['debian.iso', 'complete', 'own', null],
  ];
  assert.deepEqual(await endsOf(first), ends);
  const [{ size, speed, time } = assert.fail()] = await historyOf(first, 'DEBIAN');
  assert.ok(
    size === 5 * MB && speed !== null && speed > 0 && Math.abs(Date.now() - Date.parse(time)) < 3_600_000,
  );
  await first.stop();

  const second = await start();
  assert.deepEqual(await endsOf(second), ends);
  await second.stop();
  const off = await start({ HISTORY: '0' });
  assert.deepEqual(await endsOf(off), []);
  await off.stop();
  const last = await start();
  assert.deepEqual(await endsOf(last), []);
  await last.stop();
});
