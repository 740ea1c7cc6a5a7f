import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { secret } from '../../src/util/secret.ts';
import { createHookApp } from '../../src/server/index.ts';
import { hash, hookApp, post, recorder } from './apps.ts';

const url = `/track?hash=${hash}`;

describe('on loopback without a token', () => {
  test('requests to each name of this machine are allowed, with any port', async () => {
    const { app } = hookApp();
    for (const host of ['localhost', 'LOCALHOST:9090', '127.0.0.1:9090', '[::1]:9090', '[::1]']) {
      assert.equal((await post(app, { host })).status, 200, host);
    }
  });

  test('requests to any other name that resolves to this machine are refused', async () => {
    const { app, tracked } = hookApp();
    const rebound = [
      'evil.example',
      'localhost.evil.example',
      'evil.example:9090',
      '127.0.0.1.nip.io',
      'localhost.',
    ];
    for (const host of [
      ...rebound,
      '127.0.0.2',
      '0.0.0.0',
      '2130706433',
      '[::]',
      'localhost:9090@evil',
      '',
    ]) {
      assert.equal((await post(app, { host })).status, 403, host);
    }
    const absolute = await post(app, { host: 'localhost' }, `http://evil.example${url}`);
    assert.equal(absolute.status, 403);
    assert.deepEqual(tracked, []);
  });

  test('requests from pages of other sites in a browser on this machine are refused', async () => {
    const { app, tracked } = hookApp();
    const host = 'localhost:9090';
    const origins = [
      'https://evil.example',
      'null',
      'http://localhost:8080',
      'http://localhost',
      'file://',
      '',
    ];
    for (const origin of origins) assert.equal((await post(app, { host, origin })).status, 403, origin);
    for (const site of ['cross-site', 'same-site', 'nonsense']) {
      assert.equal((await post(app, { host, 'sec-fetch-site': site })).status, 403, site);
    }
    assert.deepEqual(tracked, []);
  });

  test('a request that a proxy on this machine forwards is refused', async () => {
    const { app, tracked } = hookApp();
    for (const header of ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip']) {
      const response = await post(app, { host: 'localhost:9090', [header]: '127.0.0.1' });
      assert.equal(response.status, 403, header);
      assert.match(await response.text(), /not through a proxy, or set HOOK_TOKEN/);
    }
    assert.deepEqual(tracked, []);
  });

  test('a page of its own origin, and a typed address, are not refused', async () => {
    const { app } = hookApp();
    const own = { host: 'localhost:9090', origin: 'http://localhost:9090', 'sec-fetch-site': 'same-origin' };
    assert.equal((await post(app, own)).status, 200);
    assert.equal((await post(app, { 'sec-fetch-site': 'none' })).status, 200);
  });

  test('no response allows other sites by CORS', async () => {
    const { app } = hookApp();
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    for (const method of ['OPTIONS', 'POST']) {
      const response = await app.request(url, { method, headers });
      const names = [...response.headers.keys()];
      assert.deepEqual(
        names.filter((name) => name.startsWith('access-control')),
        [],
      );
    }
  });
});

describe('with a token', () => {
  const token = secret('correct-horse');
  const authorization = 'Bearer correct-horse';

  test('a request that presents it is allowed, by any name of the host', async () => {
    const { app, tracked } = hookApp({ token, loopbackOnly: false });
    assert.equal((await post(app, { authorization, host: 'seedbox.lan:9090' })).status, 200);
    assert.equal((await post(app, { authorization: 'bearer correct-horse' })).status, 200);
    assert.deepEqual(tracked, [hash]);
  });

  test('a request without it is refused, on loopback too, and learns nothing else', async () => {
    const wrong = ['', 'Bearer', 'Bearer ', 'Bearer correct-hors', 'Bearer correct-horse2', 'correct-horse'];
    for (const loopbackOnly of [true, false]) {
      const { app, tracked } = hookApp({ token, loopbackOnly });
      for (const authorization of [...wrong, 'Basic correct-horse', 'Bearer correct-horse correct-horse']) {
        for (const path of [url, '/track?hash=all', '/nothing']) {
          const response = await post(app, { authorization }, path);
          assert.equal(response.status, 401, authorization);
          assert.equal(response.headers.get('www-authenticate'), 'Bearer');
          assert.doesNotMatch(await response.text(), /correct/);
        }
      }
      assert.deepEqual(tracked, []);
    }
  });

  test('it cannot be guessed: after ten wrong ones from an address not even the right one is compared', async () => {
    const refused: number[] = [];
    const { app, tracked, lines } = hookApp({ token, refused: (_, status) => refused.push(status) });
    const call = async (authorization: string | null, from = '10.1.2.3') => {
      const headers: Record<string, string> = authorization === null ? {} : { authorization };
      const incoming = { socket: { remoteAddress: from }, headers: {} };
      return app.request(url, { method: 'POST', headers }, { incoming });
    };
    for (let n = 0; n < 10; n += 1) assert.equal((await call(`Bearer guess-${n}`)).status, 401);
    const late = await call(authorization);
    assert.deepEqual([late.status, late.headers.get('retry-after')], [429, '60']);
    assert.deepEqual(tracked, []);
    assert.equal((await call(null)).status, 401, 'without a token the response names what is missing');
    assert.equal((await call(authorization, '10.1.2.4')).status, 200, 'another address has its own count');
    assert.deepEqual(refused, [...Array.from({ length: 10 }, () => 401), 429, 401]);
    assert.equal(lines.length, 2, 'one line for each reason');
  });

  test('an outdated one is refused each time, and never locks out the new one', async () => {
    const { app } = hookApp({ token });
    for (let n = 0; n < 100; n += 1)
      assert.equal((await post(app, { authorization: 'Bearer outdated' })).status, 401);
    assert.equal((await post(app, { authorization })).status, 200);
  });

  test('a login for a proxy does not count as a wrong token', async () => {
    const { app } = hookApp({ token });
    for (let n = 0; n < 20; n += 1)
      assert.equal((await post(app, { authorization: `Basic ${btoa(`me:${n}`)}` })).status, 401);
    assert.equal((await post(app, { authorization })).status, 200);
  });

  test('a foreign page is refused even if it knows the token', async () => {
    const { app } = hookApp({ token, loopbackOnly: false });
    assert.equal((await post(app, { authorization, origin: 'https://evil.example' })).status, 403);
  });

  test('a rotated token is valid from the next request on', async () => {
    let value = 'old';
    const { app } = hookApp({ token: secret(() => value) });
    assert.equal((await post(app, { authorization: 'Bearer old' })).status, 200);
    value = 'new';
    assert.equal((await post(app, { authorization: 'Bearer old' })).status, 401);
    assert.equal((await post(app, { authorization: 'Bearer new' })).status, 200);
  });

  test('a hook API beyond loopback requires one', () => {
    const deps = {
      track: async () => 'started' as const,
      finished: async () => 'accepted' as const,
      rescan: () => {},
      token: null,
      loopbackOnly: false,
      log: recorder().log,
    };
    assert.throws(() => createHookApp(deps), /requires a token/);
  });
});
