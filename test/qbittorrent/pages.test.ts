/** A page in place of qBittorrent's answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { failureOf, GENERATIONS, requestsTo, signedIn } from './clients.ts';

for (const generation of GENERATIONS)
  test(`a login page that answers a command with 200 is a failure: nothing was done (${generation})`, async () => {
    await using qbittorrent = await startQbittorrentSimulator({ generation });
    const hash = qbittorrent.addTorrent();
    const client = await signedIn(qbittorrent);
    qbittorrent.fail(/torrents\/(pause|stop|reannounce|delete)$/, {
      kind: 'status',
      status: 200,
      body: '\n<html><title>Login</title></html>',
    });
    for (const action of ['pause', 'reannounce', 'deleteFiles'] as const) {
      const failure = failureOf(await client.command({ action, hash }));
      assert.deepEqual([failure.kind, failure.reason], ['misdirected', 'not-qbittorrent']);
    }
    assert.equal(requestsTo(qbittorrent, 'torrents/delete').length, 1);
  });
