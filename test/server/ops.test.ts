import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { secret } from '../../src/util/secret.ts';
import { opsApp } from './apps.ts';

type App = ReturnType<typeof opsApp>['app'];

/** A request as if its socket came from that address. */
function from(app: App, remoteAddress: string, headers: Record<string, string> = {}, path = '/status') {
  const incoming = { socket: { remoteAddress } };
  return app.request(path, { headers }, { incoming });
}

describe('the probes', () => {
  test('answer ok to any client while everything works', async () => {
    const { app } = opsApp();
    for (const path of ['/livez', '/readyz']) {
      const response = await from(
        app,
        '10.1.2.3',
        { host: 'pod.example', origin: 'https://x.example' },
        path,
      );
      assert.equal(response.status, 200);
      assert.equal(await response.text(), 'ok');
      assert.equal(response.headers.get('cache-control'), 'no-store');
    }
  });

  test('answer 503 independently of each other', async () => {
    const failing = opsApp({ live: () => false }).app;
    assert.equal((await failing.request('/livez')).status, 503);
    assert.equal((await failing.request('/readyz')).status, 200);
    const starting = opsApp({ ready: () => false }).app;
    assert.equal((await starting.request('/livez')).status, 200);
    assert.equal((await starting.request('/readyz')).status, 503);
  });

  test('answer HEAD like GET, without a body', async () => {
    const response = await opsApp().app.request('/livez', { method: 'HEAD' });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '');
  });

  test('with an internal error answer a constant 500', async () => {
    const response = await opsApp({ live: () => assert.fail('planted') }).app.request('/livez');
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /planted/);
  });
});

test('nothing can be changed: other methods are not allowed', async () => {
  const { app } = opsApp();
  for (const path of ['/livez', '/readyz', '/status']) {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const response = await app.request(path, { method });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get('allow'), 'GET, HEAD');
    }
  }
  assert.equal((await app.request('/nothing')).status, 404);
});

test('routes that are added later are guarded and refused the same way', async () => {
  const { app } = opsApp();
  app.get('/metrics', (c) => c.text('up 1'));
  assert.equal(await (await app.request('/metrics')).text(), 'up 1');
  assert.equal((await app.request('/metrics', { method: 'POST' })).status, 405);
});

describe('the status', () => {
  test('is available to this machine, by each of its addresses', async () => {
    const { app } = opsApp({ status: () => ({ torrents: [{ name: 'x' }] }) });
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      const response = await from(app, address);
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { torrents: [{ name: 'x' }] });
    }
  });

  test('is not available to others, whatever their headers are', async () => {
    const { app } = opsApp();
    const claims = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1', 'x-real-ip': '::1' };
    // Istio delivers remote calls from 127.0.0.6.
    for (const address of ['10.1.2.3', '127.0.0.6', '127.0.0.11', '::ffff:10.1.2.3', 'fe80::1', '']) {
      assert.equal((await from(app, address, claims)).status, 403, address);
    }
    assert.equal((await app.request('/status')).status, 403, 'without a socket');
  });

  test('is not available through a proxy on this machine that adds its headers', async () => {
    const { app } = opsApp();
    const claims = {
      forwarded: 'for=10.1.2.3',
      via: '1.1 proxy',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'localhost',
      'x-forwarded-proto': 'https',
      'x-forwarded-anything': 'x',
      'x-real-ip': '127.0.0.1',
      'x-original-forwarded-for': '10.1.2.3',
      'cf-connecting-ip': '10.1.2.3',
      'x-envoy-external-address': '10.1.2.3',
    };
    for (const [name, value] of Object.entries(claims)) {
      const response = await from(app, '127.0.0.1', { host: 'localhost:9091', [name]: value });
      assert.equal(response.status, 403, name);
      assert.match(await response.text(), /^Only direct requests from this machine are allowed/);
    }
    assert.equal((await from(app, '127.0.0.1', { 'user-agent': 'curl/8', accept: '*/*' })).status, 200);
  });

  test('is not available to a page whose name resolves to this machine', async () => {
    const { app } = opsApp();
    assert.equal((await from(app, '127.0.0.1', { host: 'evil.example:9091' })).status, 403);
    assert.equal((await from(app, '127.0.0.1', { host: 'localhost:19091' })).status, 200, 'a port-forward');
  });

  test('is not available to pages of other sites, even with the token', async () => {
    const { app } = opsApp({ token: secret('correct-horse') });
    const authorization = 'Bearer correct-horse';
    for (const foreign of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      assert.equal((await from(app, '127.0.0.1', { ...foreign, authorization })).status, 403);
    }
  });

  test('is available to other machines with the token', async () => {
    const { app } = opsApp({ token: secret('correct-horse') });
    const host = 'pod.example:9091';
    const statusFor = async (authorization: string) =>
      (await from(app, '10.1.2.3', { host, authorization })).status;
    assert.equal(await statusFor('Bearer correct-horse'), 200);
    assert.equal(await statusFor('Bearer wrong'), 403);
    assert.equal(await statusFor('Basic correct-horse'), 403);
    for (const address of ['127.0.0.1', '::1']) {
      const headers = { host: 'localhost:9091' };
      assert.equal((await from(app, address, headers)).status, 403, 'a proxy may have sent it');
      assert.equal(
        (await from(app, address, { ...headers, authorization: 'Bearer correct-horse' })).status,
        200,
      );
    }
  });

  test('is refused to a wrong token, and the address is logged in IPv4 form', async () => {
    const { app, lines } = opsApp({ token: secret('correct-horse') });
    await from(app, '::ffff:10.1.2.3', { host: 'pod.example:9091', authorization: 'Bearer wrong' });
    assert.match(lines.join(''), /"address":"10\.1\.2\.3"/);
  });

  test('is not available with an empty token when none is set', async () => {
    const { app } = opsApp();
    for (const authorization of ['Bearer ', 'Bearer null', 'Bearer undefined', 'Bearer ***']) {
      assert.equal((await from(app, '10.1.2.3', { authorization })).status, 403);
    }
  });
});
