import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { describeSettings } from '../../src/config/describe.ts';
import { secret } from '../../src/util/secret.ts';
import { listen, type Listening, type ListenOptions } from '../../src/server/index.ts';
import { startAny, startBoth, type Start } from '../../src/server/listen.ts';
import { startServer, stopServer, type App } from '../../src/server/socket.ts';
import { hash, hookApp, opsApp, recorder } from './apps.ts';
import { call, connection, untilClosed } from './sockets.ts';

/** Serves an app on a free port for as long as `use` takes. */
async function serving(
  app: App,
  use: (at: Listening) => Promise<void>,
  options: Partial<ListenOptions> = {},
) {
  const { log } = recorder();
  const at = await listen(app, { host: 'localhost', port: 0, setting: 'HOOK', log, ...options });
  try {
    await use(at);
  } finally {
    await at.close();
  }
}

/** An address that is not loopback, of one family; undefined where the machine has none. */
const ownAddress = (expected: string) =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal, scopeid }) => family === expected && !internal && !scopeid)?.address;

async function answersBothFamilies({ addresses, port }: Listening) {
  assert.deepEqual(addresses, ['::']);
  for (const host of ['127.0.0.1', '::1', ownAddress('IPv4'), ownAddress('IPv6')]) {
    if (host === undefined) continue;
    assert.equal((await call(port, { host, path: '/livez' })).status, 200, host);
    const isThisMachine = host === '127.0.0.1' || host === '::1';
    assert.equal((await call(port, { host, path: '/status' })).status, isThisMachine ? 200 : 403, host);
  }
}

const occupied: Start = () => Promise.reject(failing('EADDRINUSE'));

const failing = (code: string) => Object.assign(new Error(code), { code });

describe('listening on localhost', () => {
  test('both loopback addresses answer, on one port', async (t) => {
    const { app, tracked } = hookApp();
    await serving(app, async ({ addresses, port }) => {
      if (addresses.length === 1) t.diagnostic('this machine has no IPv6: one address was checked');
      for (const host of addresses) {
        const answer = await call(port, { host, method: 'POST', path: `/track?hash=${hash}` });
        assert.equal(answer.status, 200, host);
      }
      assert.deepEqual(addresses, ['127.0.0.1', '::1'].slice(0, addresses.length));
      assert.deepEqual(tracked, [hash]);
    });
  });

  test('without IPv6 only 127.0.0.1 is used, and this is logged', async () => {
    for (const code of ['EADDRNOTAVAIL', 'EAFNOSUPPORT']) {
      const { lines, log } = recorder();
      const start: Start = (host, port) =>
        host === '::1' ? Promise.reject(failing(code)) : startServer(hookApp().app, host, port, { log });
      const servers = await startBoth(start, 0, log);
      assert.equal(servers.length, 1);
      assert.match(lines.join(''), /IPv6 is not available/);
      await Promise.all(servers.map(stopServer));
    }
  });

  test('any free port is one that is free on both addresses', async () => {
    const { log } = recorder();
    const tried: number[] = [];
    const start: Start = async (host, port) => {
      if (host === '::1') tried.push(port);
      if (host === '::1' && tried.length < 3) throw failing('EADDRINUSE');
      return startServer(hookApp().app, '127.0.0.1', host === '::1' ? 0 : port, { log });
    };
    const servers = await startBoth(start, 0, log);
    assert.equal(tried.length, 3);
    await Promise.all(servers.map(stopServer));
  });
});

describe('listening on all addresses', () => {
  const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === '::1'),
  );

  test('the default of OPS_HOST includes IPv6 and IPv4, for pods of either family', async (t) => {
    if (!hasIPv6) return t.skip('this machine has no IPv6');
    const host = describeSettings().get('OPS_HOST')?.default ?? '';
    await serving(opsApp().app, answersBothFamilies, { host });
  });

  test('without IPv6 0.0.0.0 is used, and this is logged', async () => {
    for (const code of ['EADDRNOTAVAIL', 'EAFNOSUPPORT']) {
      const { lines, log } = recorder();
      const start: Start = (host, port) =>
        host === '::' ? Promise.reject(failing(code)) : startServer(opsApp().app, host, port, { log });
      const server = await startAny(start, '::', 0, log);
      const bound = server.address();
      assert.ok(bound && typeof bound === 'object');
      assert.equal((await call(bound.port, { path: '/livez' })).status, 200);
      assert.match(lines.join(''), /IPv6 is not available/);
      await stopServer(server);
    }
  });

  test('a port in use is not mistaken for a machine without IPv6', async () => {
    await assert.rejects(startAny(occupied, '::', 9091, recorder().log), { code: 'EADDRINUSE' });
  });
});

describe('an address that cannot be used', () => {
  test('is reported with the setting to change: a port in use', async () => {
    const { app } = hookApp();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const bound = other.address();
    assert.ok(bound && typeof bound === 'object');
    for (const host of ['localhost', '127.0.0.1']) {
      const options = { host, port: bound.port, setting: 'HOOK', log: recorder().log };
      await assert.rejects(listen(app, options), new RegExp(`Port ${bound.port} .* in use.* Set HOOK_PORT`));
    }
    other.close();
  });

  test('is reported with the setting to change: an address of another machine', async () => {
    const options = { host: '203.0.113.7', port: 0, setting: 'OPS', log: recorder().log };
    await assert.rejects(listen(opsApp().app, options), /not an address of this machine\. Set OPS_HOST/);
  });
});

describe('closing', () => {
  test('does not wait for clients that hang', async () => {
    const never = Promise.withResolvers<Response>().promise;
    const options = { host: '127.0.0.1', port: 0, setting: 'HOOK', log: recorder().log };
    const { port, close } = await listen({ fetch: () => never }, options);
    const clients = await Promise.all([
      connection(port, ''),
      connection(port, 'POST /track HTTP/1.1\r\nHost: loc'),
      connection(port, 'POST /track HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf'),
      connection(port, 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    ]);
    const cutOff = clients.map(untilClosed);
    await Promise.all([close(), close(), ...cutOff]);
  });

  test('lets a request that is being answered finish', async () => {
    const received = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Response>();
    const fetch = () => {
      received.resolve();
      return answer.promise;
    };
    const options = { host: '127.0.0.1', port: 0, setting: 'HOOK', log: recorder().log };
    const { port, close } = await listen({ fetch }, options);
    const response = call(port);
    await received.promise;
    const closed = close();
    answer.resolve(new Response('done'));
    assert.equal((await response).text, 'done');
    await closed;
    await assert.rejects(call(port), { code: 'ECONNREFUSED' });
  });
});

describe('the status over a real socket', () => {
  const own = ownAddress('IPv4');

  test('is shown on loopback', async () => {
    await serving(opsApp().app, async ({ addresses, port }) => {
      for (const host of addresses)
        assert.equal((await call(port, { host, path: '/status' })).status, 200, host);
    });
  });

  test(
    'is not shown on the network without the token, but the probes are',
    { skip: own === undefined && 'this machine has no address but loopback' },
    async () => {
      const { app } = opsApp({ token: secret('correct-horse') });
      const on = { host: own, path: '/status' };
      const claims = { host: 'localhost', 'x-forwarded-for': '127.0.0.1' };
      const use = async ({ port }: Listening) => {
        assert.equal((await call(port, on)).status, 403);
        assert.equal((await call(port, { ...on, headers: claims })).status, 403);
        assert.equal(
          (await call(port, { ...on, headers: { authorization: 'Bearer correct-horse' } })).status,
          200,
        );
        assert.equal((await call(port, { ...on, path: '/livez' })).status, 200);
      };
      await serving(app, use, { host: '0.0.0.0' });
    },
  );
});
