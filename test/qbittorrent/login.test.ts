import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { apiKey, requestsTo, clientOf, failureOf, GENERATIONS, none, password, valueOf } from './clients.ts';

const VERSIONS = { legacy: '2.8.19', '5.1': '2.11.4', current: '2.16.2' };
const KEY = `qbt_${'a'.repeat(28)}`;

for (const generation of GENERATIONS) {
  describe(`a login to qBittorrent ${generation}`, () => {
    test('opens one session and reads the version of the WebAPI', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      assert.deepEqual(await clientOf(qbittorrent).login(), {
        ok: true,
        value: { version: VERSIONS[generation] },
      });
      assert.equal(qbittorrent.logins, 1);
      assert.equal(qbittorrent.sessions, 1);
    });

    test('with a wrong password is tried exactly once', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const failure = failureOf(await clientOf(qbittorrent, password('hunter2')).login());
      assert.equal(failure.kind, 'unauthorized');
      assert.match(failure.message, /QBIT_PASS/);
      assert.doesNotMatch(failure.message, /hunter2/);
      assert.equal(requestsTo(qbittorrent, 'auth/login').length, 1);
    });

    test('from a banned address fails as banned, whatever the password', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      qbittorrent.ban();
      const failure = failureOf(await clientOf(qbittorrent).login());
      assert.equal(failure.kind, 'banned');
      assert.equal(requestsTo(qbittorrent, 'auth/login').length, 1);
    });

    test('with a wrong port is distinguished from a wrong password, and the failure names the setting', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      qbittorrent.preferences.web_ui_port = 8080;
      const failure = failureOf(await clientOf(qbittorrent).login());
      assert.equal(failure.kind, 'misdirected');
      assert.match(failure.message, /QBIT_HOST/);
      assert.match(failure.message, /port/);
    });

    test('needs no name and password where localhost bypasses authentication', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation, bypassLocalAuth: true });
      assert.ok((await clientOf(qbittorrent, none).login()).ok);
      assert.equal(requestsTo(qbittorrent, 'auth/login').length, 0);
    });

    test('works with any password where localhost bypasses authentication', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation, bypassLocalAuth: true });
      assert.ok((await clientOf(qbittorrent, password('hunter2')).login()).ok);
    });

    test('without credentials where they are required names the settings', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const failure = failureOf(await clientOf(qbittorrent, none).login());
      assert.equal(failure.kind, 'unauthorized');
      assert.match(failure.message, /QBIT_USER/);
    });

    test('with an invalid key is refused, and causes no ban', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const wrong = clientOf(qbittorrent, apiKey(KEY));
      for (let count = 0; count < 8; count += 1) {
        const failure = failureOf(await wrong.login());
        assert.equal(failure.kind, 'unauthorized');
        assert.match(failure.message, /QBIT_API_KEY/);
        assert.ok(!failure.message.includes(KEY));
      }
      assert.ok((await clientOf(qbittorrent).login()).ok);
    });
  });
}

test('an API key needs neither a login nor a session', async () => {
  await using qbittorrent = await startQbittorrentSimulator({ apiKey: KEY });
  const client = clientOf(qbittorrent, apiKey(KEY));
  assert.ok((await client.login()).ok);
  valueOf(await client.newest(1));
  assert.deepEqual([qbittorrent.logins, qbittorrent.sessions], [0, 0]);
  const headers = qbittorrent.requests.map(({ headers }) => headers['authorization']);
  assert.deepEqual([...new Set(headers)], [`Bearer ${KEY}`]);
});

test('a password with every special character of a form arrives unchanged', async () => {
  const pass = 'a&b=c+d %41 ü€😀';
  await using qbittorrent = await startQbittorrentSimulator({ username: 'jörg & co', password: pass });
  assert.ok((await clientOf(qbittorrent, password(pass, 'jörg & co')).login()).ok);
});

describe('a server that is not qBittorrent', () => {
  const page = { 'content-type': 'text/html' };

  test('that answers every request with a web page is recognised', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    qbittorrent.fail(() => true, {
      kind: 'status',
      status: 200,
      body: '<html>Jellyfin</html>',
      headers: page,
    });
    const failure = failureOf(await clientOf(qbittorrent).login());
    assert.equal(failure.kind, 'misdirected');
    assert.match(failure.message, /QBIT_HOST/);
  });

  test('that answers 404 is recognised', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    qbittorrent.fail(() => true, { kind: 'status', status: 404, body: '<html>', headers: page });
    assert.equal(failureOf(await clientOf(qbittorrent).login()).kind, 'misdirected');
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`that redirects (${status}) is not followed: the password is sent to no other server`, async () => {
      await using qbittorrent = await startQbittorrentSimulator();
      await using elsewhere = await startQbittorrentSimulator();
      const headers = { location: `${elsewhere.url}/api/v2/auth/login` };
      qbittorrent.fail(() => true, { kind: 'status', status, headers });
      assert.equal(failureOf(await clientOf(qbittorrent).login()).kind, 'misdirected');
      assert.deepEqual(elsewhere.requests, []);
    });
  }
});

describe('a login without a valid answer', () => {
  for (const status of [500, 502, 503, 504]) {
    test(`(${status}) proves nothing about the password, and is not repeated automatically`, async () => {
      await using qbittorrent = await startQbittorrentSimulator();
      qbittorrent.fail('auth/login', { kind: 'status', status, body: '<html>Bad Gateway</html>' });
      assert.equal(failureOf(await clientOf(qbittorrent).login()).kind, 'broken');
      assert.equal(qbittorrent.requests.length, 1);
    });
  }

  for (const kind of ['close', 'lose', 'truncate'] as const) {
    test(`(${kind}) reports qBittorrent as unreachable`, async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation: '5.1' });
      qbittorrent.fail('auth/login', { kind });
      assert.equal(failureOf(await clientOf(qbittorrent).login()).kind, 'unreachable');
    });
  }

  test('reports the address where nothing listens', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    await qbittorrent.goOffline();
    const failure = failureOf(await clientOf(qbittorrent).login());
    assert.deepEqual(failure, {
      kind: 'unreachable',
      message: `nothing listens on 127.0.0.1:${qbittorrent.port}`,
      reason: 'connection-refused',
    });
  });

  test('ends when it is aborted', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    qbittorrent.fail('auth/login', { kind: 'hang' });
    const controller = new AbortController();
    const login = clientOf(qbittorrent).login(controller.signal);
    while (qbittorrent.requests.length === 0) await new Promise(setImmediate);
    controller.abort();
    assert.equal(failureOf(await login).kind, 'unreachable');
  });
});
