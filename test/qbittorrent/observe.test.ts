import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { Fault } from '../../src/simulator/index.ts';
import { requestsTo, clientOf, failureOf, GENERATIONS, none, signedIn, valueOf } from './clients.ts';

const info = 'torrents/info';

for (const generation of GENERATIONS) {
  describe(`a poll of qBittorrent ${generation}`, () => {
    test('returns the requested torrents, and no others', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const [first, second] = ['a', 'b', 'c'].map((name) => qbittorrent.addTorrent({ name }));
      assert.ok(first !== undefined && second !== undefined);
      const client = await signedIn(qbittorrent);
      const seen = valueOf(await client.observe([first, second]));
      assert.deepEqual(seen.map(({ hash }) => hash).toSorted(), [first, second].toSorted());
    });

    test('omits an unknown torrent', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const client = await signedIn(qbittorrent);
      assert.deepEqual(valueOf(await client.observe(['0'.repeat(40)])), []);
    });

    test('for no torrents sends no request: an empty list would mean all', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      qbittorrent.addTorrent();
      const client = await signedIn(qbittorrent);
      const before = qbittorrent.requests.length;
      assert.deepEqual(valueOf(await client.observe([])), []);
      assert.equal(qbittorrent.requests.length, before);
    });

    test('is one POST, also for a thousand torrents', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const hashes = Array.from({ length: 1000 }, (_, n) => qbittorrent.addTorrent({ name: `t${n}` }));
      const client = await signedIn(qbittorrent);
      assert.equal(valueOf(await client.observe(hashes)).length, 1000);
      const polls = requestsTo(qbittorrent, info);
      assert.deepEqual(
        polls.map(({ method }) => method),
        ['POST'],
      );
      assert.equal(polls[0]?.form['hashes']?.split('|').length, 1000);
      assert.deepEqual(polls[0]?.query, {});
    });

    test('without a session, or with an expired one, requires a login', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const hash = qbittorrent.addTorrent();
      assert.equal(failureOf(await clientOf(qbittorrent).observe([hash])).kind, 'unauthorized');
      const client = await signedIn(qbittorrent);
      qbittorrent.expireSessions();
      assert.equal(failureOf(await client.observe([hash])).kind, 'unauthorized');
      assert.ok((await client.login()).ok);
      assert.ok((await client.observe([hash])).ok);
    });

    test("uses the session of the login, with the cookie's name and value unchanged", async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const client = await signedIn(qbittorrent);
      for (let count = 0; count < 20; count += 1) valueOf(await client.newest(100));
      assert.deepEqual([qbittorrent.logins, qbittorrent.sessions], [1, 1]);
    });

    test('also keeps to one session where localhost bypasses authentication', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation, bypassLocalAuth: true });
      const client = await signedIn(qbittorrent, none);
      for (let count = 0; count < 20; count += 1) valueOf(await client.newest(100));
      assert.equal(qbittorrent.sessions, 1);
    });

    test('with a wrong port is a session that is not accepted, and the failure names the setting if a login does not help', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const client = await signedIn(qbittorrent);
      qbittorrent.preferences.web_ui_port = 8080;
      const failure = failureOf(await client.newest(100));
      assert.deepEqual([failure.kind, failure.reason], ['unauthorized', 'host-header-refused']);
      assert.match(failure.message, /QBIT_HOST must have the port/);
    });

    test('never sends the headers of a web page: no Origin, no Referer', async () => {
      await using qbittorrent = await startQbittorrentSimulator({ generation });
      const client = await signedIn(qbittorrent);
      valueOf(await client.scan());
      for (const { headers } of qbittorrent.requests) {
        assert.deepEqual(
          [headers['origin'], headers['referer'], headers['sec-fetch-site']],
          [undefined, undefined, undefined],
        );
      }
    });
  });
}

test('a session cookie with a configured name is sent back unchanged', async () => {
  await using qbittorrent = await startQbittorrentSimulator({ generation: '5.1' });
  const headers = { 'set-cookie': 'my.session=a+b/c==; HttpOnly; SameSite=Strict; path=/' };
  qbittorrent.fail('auth/login', { kind: 'status', status: 200, body: 'Ok.', headers });
  await clientOf(qbittorrent).login();
  assert.equal(requestsTo(qbittorrent, 'webapiVersion')[0]?.headers['cookie'], 'my.session=a+b/c==');
});

test('a login is sent without the cookie of the session before', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const client = await signedIn(qbittorrent);
  await client.login();
  assert.deepEqual(
    requestsTo(qbittorrent, 'auth/login').map(({ headers }) => headers['cookie']),
    [undefined, undefined],
  );
});

/** The result of a client for this list. */
async function listed(body: unknown) {
  await using qbittorrent = await startQbittorrentSimulator();
  const client = await signedIn(qbittorrent);
  qbittorrent.fail(info, { kind: 'status', status: 200, body: JSON.stringify(body) });
  return await client.newest(100);
}

describe('a list', () => {
  const good = { hash: 'a'.repeat(40), name: 'good', state: 'downloading' };

  test('ignores only its invalid entries', async () => {
    const invalid = [null, 1, 'x', [], {}, { ...good, hash: 'x' }, { hash: null }];
    const result = valueOf(await listed([...invalid, good, ...invalid]));
    assert.deepEqual(
      result.map(({ name }) => name),
      ['good'],
    );
  });

  for (const body of [null, {}, 'x', 1, { torrents: [good] }]) {
    test(`cannot be ${JSON.stringify(body)}`, async () => {
      assert.equal(failureOf(await listed(body)).kind, 'protocol');
    });
  }
});

describe('a poll without a valid answer', () => {
  const cases: [title: string, fault: Fault, kind: string][] = [
    ['that gets broken JSON', { kind: 'garbage' }, 'protocol'],
    ['that gets an empty body', { kind: 'status', status: 200 }, 'protocol'],
    ['that gets a web page', { kind: 'status', status: 200, body: '<html>' }, 'protocol'],
    ['that gets a 500', { kind: 'status', status: 500 }, 'broken'],
    ["that gets a proxy's 502", { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' }, 'broken'],
    ['that gets a 503', { kind: 'status', status: 503 }, 'broken'],
    ['that gets a redirect', { kind: 'status', status: 302, headers: { location: '/login' } }, 'misdirected'],
    ['that gets a 404', { kind: 'status', status: 404 }, 'misdirected'],
    ['whose connection closes', { kind: 'close' }, 'unreachable'],
    ['whose answer is lost', { kind: 'lose' }, 'unreachable'],
    ['that gets half of the answer', { kind: 'truncate' }, 'unreachable'],
  ];
  for (const [title, fault, kind] of cases) {
    test(`${title} fails as ${kind}, is not repeated automatically, and reports no torrent as missing`, async () => {
      await using qbittorrent = await startQbittorrentSimulator();
      const hash = qbittorrent.addTorrent();
      const client = await signedIn(qbittorrent);
      qbittorrent.fail(info, fault);
      assert.equal(failureOf(await client.observe([hash])).kind, kind);
      assert.equal(requestsTo(qbittorrent, info).length, 1);
    });
  }

  test('fails after ten seconds with a message', async (t) => {
    await using qbittorrent = await startQbittorrentSimulator();
    const client = await signedIn(qbittorrent);
    qbittorrent.fail(info, { kind: 'hang' });
    const limits: number[] = [];
    const { setTimeout } = globalThis;
    t.mock.method(globalThis, 'setTimeout', (act: () => void, ms: number) => {
      if (ms < 10_000) return setTimeout(act, ms);
      limits.push(ms);
      return setTimeout(act, 0);
    });
    const failure = failureOf(await client.newest(100));
    assert.deepEqual(limits, [10_000, 100_000], 'of silence, and in all');
    assert.equal(failure.kind, 'unreachable');
    assert.match(failure.message, /did not answer within 10 s/);
  });

  test('ends when it is aborted', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    const client = await signedIn(qbittorrent);
    qbittorrent.fail(info, { kind: 'hang' });
    const controller = new AbortController();
    const list = client.newest(100, controller.signal);
    while (requestsTo(qbittorrent, info).length === 0) await new Promise(setImmediate);
    controller.abort();
    assert.equal(failureOf(await list).kind, 'unreachable');
  });
});

test('a scan that fails after some of its requests returns no torrents', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  qbittorrent.addTorrent();
  const client = await signedIn(qbittorrent);
  qbittorrent.fail(({ form }) => form['filter'] === 'checking', { kind: 'status', status: 500 });
  assert.equal(failureOf(await client.scan()).kind, 'broken');
});
