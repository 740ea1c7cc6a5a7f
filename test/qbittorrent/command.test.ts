/** The requests that buttons cause, to simulated qBittorrents: which requests are sent, and how they fail. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TIMEOUT } from '../../machines/watchdog.ts';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { Fault } from '../../src/simulator/index.ts';
import { requestsTo, clientOf, failureOf, GENERATIONS, signedIn, valueOf } from './clients.ts';
import { ACTIONS, commandsTo, passTime, STALLED } from './commands.ts';

const UNKNOWN = '0'.repeat(40);

for (const generation of GENERATIONS) {
  const isLegacy = generation === 'legacy';
  describe(`a command for a torrent of qBittorrent ${generation}`, () => {
    test('is one POST for this torrent only', async (t) => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const hash = qbittorrent.addTorrent(STALLED);
      const client = await signedIn(qbittorrent);
      valueOf(await client.command({ action: 'resume', hash }));
      qbittorrent.requests.length = 0;
      passTime(t);
      for (const action of ACTIONS) valueOf(await client.command({ action, hash }));
      assert.deepEqual(commandsTo(qbittorrent), [
        [isLegacy ? 'pause' : 'stop', { hashes: hash }],
        [isLegacy ? 'resume' : 'start', { hashes: hash }],
        ['reannounce', { hashes: hash }],
        ['recheck', { hashes: hash }],
        ['delete', { hashes: hash, deleteFiles: 'false' }],
        ['delete', { hashes: hash, deleteFiles: 'true' }],
      ]);
      const requests = qbittorrent.requests.filter(({ method }) => method !== 'POST');
      assert.deepEqual(requests, []);
    });

    test('finds out the names of this version once', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const hash = qbittorrent.addTorrent(STALLED);
      const client = await signedIn(qbittorrent);
      for (const action of ['pause', 'pause', 'resume'] as const)
        valueOf(await client.command({ action, hash }));
      assert.deepEqual(
        commandsTo(qbittorrent).map(([name]) => name),
        isLegacy ? ['stop', 'pause', 'pause', 'resume'] : ['stop', 'stop', 'start'],
      );
    });

    test('changes no other torrent, and nothing if the torrent does not exist', async (t) => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      for (let count = 0; count < 3; count += 1) qbittorrent.addTorrent({ ...STALLED, stopped: count === 0 });
      const hash = qbittorrent.addTorrent(STALLED);
      const states = () => qbittorrent.torrents().map(({ hash, state }) => [hash, state]);
      const others = () => states().filter(([id]) => id !== hash);
      const [all, before] = [states(), others()];
      const client = await signedIn(qbittorrent);
      passTime(t);
      for (const action of ACTIONS) valueOf(await client.command({ action, hash: UNKNOWN }));
      assert.deepEqual(states(), all);
      for (const action of ACTIONS) {
        valueOf(await client.command({ action, hash }));
        assert.deepEqual(others(), before, action);
      }
      assert.deepEqual(states(), before, 'it is deleted');
    });

    test('accepts the hash of a v2 torrent, and upper case', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const hash = qbittorrent.addTorrent({ ...STALLED, kind: 'v2' });
      const [torrent] = qbittorrent.torrents();
      const client = await signedIn(qbittorrent);
      for (const id of [String(torrent?.infohash_v2), hash.toUpperCase()])
        valueOf(await client.command({ action: 'reannounce', hash: id }));
      assert.deepEqual(
        requestsTo(qbittorrent, 'reannounce').map(({ form }) => form),
        [{ hashes: hash }, { hashes: hash }],
      );
    });

    test('without a session, or with an expired one, requires a login, and changes nothing', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const hash = qbittorrent.addTorrent(STALLED);
      const client = await signedIn(qbittorrent);
      qbittorrent.expireSessions();
      const poll = failureOf(await client.observe([hash]));
      assert.equal(poll.kind, 'unauthorized');
      for (const action of ACTIONS) {
        assert.deepEqual(failureOf(await client.command({ action, hash })), poll);
        assert.deepEqual(failureOf(await clientOf(qbittorrent).command({ action, hash })), poll);
      }
      assert.equal(qbittorrent.torrents().length, 1);
      valueOf(await client.login());
      valueOf(await client.command({ action: 'deleteTorrent', hash }));
      assert.equal(qbittorrent.torrents().length, 0);
    });
  });
}

test('the names of the other version are tried again after qBittorrent was updated', async () => {
  const old = await startQbittorrentSimulator({ generation: 'legacy' });
  const client = await signedIn(old);
  valueOf(await client.command({ action: 'pause', hash: UNKNOWN }));
  await old.stop();
  await using updated = await startQbittorrentSimulator({ port: old.port });
  const hash = updated.addTorrent(STALLED);
  valueOf(await client.login());
  valueOf(await client.command({ action: 'pause', hash }));
  valueOf(await client.command({ action: 'resume', hash }));
  assert.deepEqual(
    commandsTo(updated).map(([name]) => name),
    ['pause', 'stop', 'start'],
  );
});

test('a text that is not one hash is a failure without a request: "all" would mean all torrents', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const hash = qbittorrent.addTorrent(STALLED);
  const client = await signedIn(qbittorrent);
  const before = qbittorrent.requests.length;
  for (const text of ['', 'all', '|', '-', ' ', `${hash}|${hash}`, `${hash}\n`, `${hash}0`, 'g'.repeat(40)]) {
    for (const action of ACTIONS) {
      const failure = failureOf(await client.command({ action, hash: text }));
      assert.equal(failure.kind, 'bug', JSON.stringify(text));
    }
  }
  assert.equal(qbittorrent.requests.length, before);
  assert.equal(qbittorrent.torrents().length, 1);
});

describe('a command without a valid answer', () => {
  const faults: Record<string, Fault> = {
    'gets 403': { kind: 'status', status: 403 },
    'gets 403 of a firewall': { kind: 'status', status: 403, body: '<html>' },
    'gets 401': { kind: 'status', status: 401 },
    'gets 429': { kind: 'status', status: 429 },
    'gets 500': { kind: 'status', status: 500 },
    "gets a proxy's 502": { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' },
    'gets a redirect': { kind: 'status', status: 302, headers: { location: '/login' } },
    'gets 404': { kind: 'status', status: 404 },
    'gets 400': { kind: 'status', status: 400 },
    'is closed': { kind: 'close' },
    'loses its answer': { kind: 'lose' },
  };
  for (const [title, fault] of Object.entries(faults)) {
    for (const action of ACTIONS) {
      test(`(${action}) fails as a poll does if it ${title}, and is not repeated automatically`, async (t) => {
        await using qbittorrent = await startQbittorrentSimulator();
        const hash = qbittorrent.addTorrent(STALLED);
        const client = await signedIn(qbittorrent);
        passTime(t);
        const restore = qbittorrent.fail('torrents/info', fault);
        const poll = failureOf(await client.observe([hash]));
        restore();
        qbittorrent.fail(/torrents\/(?!info)/, fault);
        assert.deepEqual(failureOf(await client.command({ action, hash })), poll);
        const names = action === 'pause' || action === 'resume' ? 2 : 1;
        assert.equal(commandsTo(qbittorrent).length, title === 'gets 404' ? names : 1);
      });
    }
  }

  test('fails after ten seconds with a message', async (t) => {
    await using qbittorrent = await startQbittorrentSimulator();
    const client = await signedIn(qbittorrent);
    qbittorrent.fail('torrents/stop', { kind: 'hang' });
    const { setTimeout } = globalThis;
    t.mock.method(globalThis, 'setTimeout', (act: () => void, ms: number) =>
      setTimeout(act, ms === TIMEOUT ? 0 : ms),
    );
    const failure = failureOf(await client.command({ action: 'pause', hash: UNKNOWN }));
    assert.deepEqual([failure.kind, failure.reason], ['unreachable', 'timeout']);
    assert.match(failure.message, /did not answer within 10 s/);
  });

  for (const [action, path] of [
    ['pause', 'torrents/stop'],
    ['recheck', 'torrents/info'],
  ] as const) {
    test(`(${action}) ends when it is aborted`, async () => {
      await using qbittorrent = await startQbittorrentSimulator();
      const client = await signedIn(qbittorrent);
      qbittorrent.fail(path, { kind: 'hang' });
      const controller = new AbortController();
      const result = client.command({ action, hash: UNKNOWN }, controller.signal);
      while (requestsTo(qbittorrent, path).length === 0) await new Promise(setImmediate);
      controller.abort();
      assert.equal(failureOf(await result).kind, 'unreachable');
    });
  }
});
