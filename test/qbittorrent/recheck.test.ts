/** Checks of files by simulated qBittorrents, where a second request must not be sent. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { requestsTo, failureOf, GENERATIONS, signedIn, valueOf } from './clients.ts';
import { commandsTo, passTime, STALLED } from './commands.ts';

describe('a check', () => {
  test('is not requested while the torrent is being checked: two would never end', async (t) => {
    await using qbittorrent = await startQbittorrentSimulator();
    passTime(t);
    for (const state of ['checkingDL', 'checkingUP', 'checkingResumeData', 'queuedForChecking']) {
      const hash = qbittorrent.addTorrent({ script: [{ phase: 'checking', state }] });
      const client = await signedIn(qbittorrent);
      valueOf(await client.command({ action: 'recheck', hash }));
    }
    assert.equal(requestsTo(qbittorrent, 'recheck').length, 0);
  });

  test('is requested once by two simultaneous commands, although the state does not show it yet', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    const hash = qbittorrent.addTorrent(STALLED);
    // As with the real one, the check is visible after a while.
    const restore = qbittorrent.fail('recheck', { kind: 'status', status: 200 });
    const client = await signedIn(qbittorrent);
    const command = () => client.command({ action: 'recheck', hash });
    const results = Promise.all([command(), command()]);
    while (requestsTo(qbittorrent, 'recheck').length === 0) await new Promise(setImmediate);
    restore();
    qbittorrent.play(hash, [{ phase: 'checking', seconds: 60 }]);
    for (const result of await results) valueOf(result);
    assert.equal(requestsTo(qbittorrent, 'recheck').length, 1);
  });

  test('that an earlier process may have requested is visible before another one is requested', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    const hash = qbittorrent.addTorrent(STALLED);
    const result = (await signedIn(qbittorrent)).command({ action: 'recheck', hash });
    while (requestsTo(qbittorrent, 'torrents/info').length === 0) await new Promise(setImmediate);
    qbittorrent.play(hash, [{ phase: 'checking', seconds: 60 }]);
    valueOf(await result);
    assert.equal(requestsTo(qbittorrent, 'recheck').length, 0);
  });

  test('waits no longer when it is aborted', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    const hash = qbittorrent.addTorrent(STALLED);
    const controller = new AbortController();
    const client = await signedIn(qbittorrent);
    const result = client.command({ action: 'recheck', hash }, controller.signal);
    while (requestsTo(qbittorrent, 'torrents/info').length === 0) await new Promise(setImmediate);
    controller.abort();
    assert.equal(failureOf(await result).kind, 'unreachable');
    assert.equal(requestsTo(qbittorrent, 'recheck').length, 0);
  });

  for (const generation of GENERATIONS) {
    test(`of missing files begins in 4.x only with a resume; with qBittorrent ${generation} that harms nothing`, async (t) => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const hash = qbittorrent.addTorrent({ script: [{ phase: 'failed', state: 'missingFiles' }] });
      const client = await signedIn(qbittorrent);
      passTime(t);
      valueOf(await client.command({ action: 'recheck', hash }));
      assert.deepEqual(commandsTo(qbittorrent), [
        ['recheck', { hashes: hash }],
        ['resume', { hashes: hash }],
      ]);
    });
  }
});
