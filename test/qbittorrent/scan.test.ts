import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createQbittorrentClient } from '../../src/qbittorrent/client.ts';
import { secret } from '../../src/util/secret.ts';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { QbittorrentSimulator } from '../../src/simulator/index.ts';

async function scanned(qbittorrent: QbittorrentSimulator): Promise<string[]> {
  const { url, username, password } = qbittorrent;
  const client = createQbittorrentClient({
    url,
    auth: { kind: 'password', username, password: secret(password) },
  });
  assert.ok((await client.login()).ok);
  const found = await client.scan();
  assert.ok(found.ok);
  return found.value.map(({ name }) => name ?? '').toSorted();
}

for (const generation of ['legacy', '5.1', 'current'] as const) {
  describe(`the scan at the start, with qBittorrent ${generation},`, () => {
    test('finds unfinished torrents, in any phase', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const add = (
        name: string,
        phase: 'metadata' | 'queued' | 'stalled' | 'stopped' | 'resuming' | 'checking' | 'moving' | 'failed',
        state?: string,
      ) => qbittorrent.addTorrent({ name, script: [state === undefined ? { phase } : { phase, state }] });
      add('metadata', 'metadata');
      add('queued', 'queued');
      add('stalled', 'stalled');
      add('stopped', 'stopped');
      add('checking', 'checking');
      add('moving', 'moving');
      add('resuming', 'resuming');
      add('error', 'failed');
      add('files missing', 'failed', 'missingFiles');
      qbittorrent.addTorrent({ name: 'downloading', size: 1e12 });
      assert.deepEqual(await scanned(qbittorrent), [
        'checking',
        'downloading',
        'error',
        'files missing',
        'metadata',
        'moving',
        'queued',
        'resuming',
        'stalled',
        'stopped',
      ]);
    });

    test('requests downloads last: torrents that are checked at a start may begin to download meanwhile', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      await scanned(qbittorrent);
      const filters = qbittorrent.requests.flatMap(({ form }) => form['filter'] ?? []);
      assert.deepEqual(filters, ['checking', 'moving', 'errored', 'downloading']);
    });

    test('omits complete torrents, and those that were complete before their files were lost', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      qbittorrent.addTorrent({ name: 'complete', script: [{ phase: 'complete' }] });
      qbittorrent.addTorrent({
        name: 'seed without its files',
        script: [
          { phase: 'complete', seconds: 0.001 },
          { phase: 'failed', state: 'missingFiles' },
        ],
      });
      while (qbittorrent.torrents().every(({ state }) => state !== 'missingFiles')) await setTimeout(5);
      assert.deepEqual(await scanned(qbittorrent), []);
    });

    test('omits an old finished torrent that is being checked again: it is not announced', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      qbittorrent.addTorrent({
        name: 'seeding for years',
        script: [
          { phase: 'complete', seconds: 0.001 },
          { phase: 'checking', seconds: 3600 },
        ],
      });
      while (qbittorrent.torrents()[0]?.state !== 'checkingUP') await setTimeout(5);
      assert.deepEqual(await scanned(qbittorrent), []);
    });
  });
}
