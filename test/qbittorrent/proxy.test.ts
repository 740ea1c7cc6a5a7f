import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { startProxy } from '../servers/proxy.ts';
import { apiKey, requestsTo, clientOf, failureOf, GENERATIONS, none, password, valueOf } from './clients.ts';

/** As some proxies do. */
const statusOf = (status: number) => (status === 403 ? 401 : status);
const PAGE = { body: '<html>403</html>', headers: { 'content-type': 'text/html' } };

for (const generation of GENERATIONS) {
  describe(`a proxy that makes 401 of 403 before qBittorrent ${generation}`, () => {
    test('prevents neither a login nor a new login after a session has expired', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      await using proxy = await startProxy(qbittorrent.url, { statusOf });
      const client = clientOf(proxy);
      assert.ok((await client.login()).ok);
      valueOf(await client.newest(100));
      qbittorrent.expireSessions();
      const failure = failureOf(await client.newest(100));
      assert.deepEqual([failure.kind, failure.reason], ['unauthorized', 'host-header-refused']);
      assert.ok((await client.login()).ok);
      valueOf(await client.newest(100));
    });

    const wrong = [
      { what: 'a wrong password', auth: password('hunter2'), names: /QBIT_PASS/, logins: 1 },
      { what: 'a wrong key', auth: apiKey('qbt_wrong'), names: /QBIT_API_KEY/, logins: 0 },
      { what: 'no credentials', auth: none, names: /QBIT_USER/, logins: 0 },
    ];
    for (const { what, auth, names, logins } of wrong) {
      test(`is not reported as a wrong Host header with ${what}, which is sent once`, async () => {
        await using qbittorrent = await startQbittorrentSimulator({ generation });
        await using proxy = await startProxy(qbittorrent.url, { statusOf });
        const failure = failureOf(await clientOf(proxy, auth).login());
        assert.equal(failure.kind, 'unauthorized');
        assert.match(failure.message, names);
        assert.equal(requestsTo(qbittorrent, 'auth/login').length, logins);
      });
    }

    test('does not hide a wrong port in QBIT_HOST', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      await using proxy = await startProxy(qbittorrent.url, { statusOf });
      qbittorrent.preferences.web_ui_port = 8080;
      for (const auth of [password('adminadmin'), none]) {
        const failure = failureOf(await clientOf(proxy, auth).login());
        assert.deepEqual([failure.kind, failure.reason], ['misdirected', 'host-header-refused']);
      }
    });
  });
}

describe('a server in front of qBittorrent that answers instead', () => {
  test('with 403 and a page is neither a ban nor an expired session', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    qbittorrent.fail('auth/login', { kind: 'status', status: 403, ...PAGE }, 1);
    const login = failureOf(await clientOf(qbittorrent).login());
    assert.deepEqual([login.kind, login.reason], ['misdirected', 'in-front']);
    qbittorrent.fail('app/webapiVersion', { kind: 'status', status: 403, ...PAGE }, 1);
    const session = failureOf(await clientOf(qbittorrent).login());
    assert.deepEqual([session.kind, session.reason], ['misdirected', 'in-front']);
    const client = clientOf(qbittorrent);
    assert.ok((await client.login()).ok);
    qbittorrent.fail('torrents/info', { kind: 'status', status: 403, ...PAGE }, 1);
    const poll = failureOf(await client.newest(100));
    assert.deepEqual([poll.kind, poll.reason], ['unauthorized', 'in-front']);
  });

  for (const status of [429, 502, 503, 504]) {
    test(`with ${status} is a temporary failure, whose message names the proxy`, async () => {
      await using qbittorrent = await startQbittorrentSimulator();
      const client = clientOf(qbittorrent);
      assert.ok((await client.login()).ok);
      qbittorrent.fail('torrents/info', { kind: 'status', status }, 1);
      const failure = failureOf(await client.newest(100));
      assert.equal(failure.kind, 'broken');
      assert.match(failure.message, /in front of qBittorrent|a proxy there/);
    });
  }
});
