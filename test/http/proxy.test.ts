/** Requests through a forward proxy: what is sent, and which side a failure is attributed to. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as https from 'node:https';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Proxy } from '../../src/config/proxy.ts';
import { adviceOnFailure } from '../../src/doctor/address.ts';
import { secret } from '../../src/util/secret.ts';
import { createAuthority } from './certificates.ts';
import { failureOf, replyOf } from './calls.ts';
import { serve } from './server.ts';
import { startForwardProxy } from '../servers/forward-proxy.ts';
import { freePort } from '../servers/ports.ts';

const NAME = 'ntfy.example.org';
const authority = createAuthority();
setDefaultCACertificates([...getCACertificates('default'), authority.cert]);

/** The proxy as the configuration parses it. */
function proxyAt(port: number, credentials = ''): Proxy {
  const user = credentials === '' ? '' : `${credentials}@`;
  return { url: secret(`http://${user}127.0.0.1:${port}/`), host: `127.0.0.1:${port}` };
}

/** An https server with a name that only the proxy resolves; counts connections. */
async function serveTls() {
  let connections = 0;
  const server = https.createServer(authority.issue({ names: [NAME] }), (incoming, outgoing) => {
    incoming.resume().once('end', () => outgoing.end(`${incoming.method} ${incoming.headers.host}`));
  });
  server.on('secureConnection', () => (connections += 1)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    port: address.port,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('through a proxy', () => {
  test('https uses a tunnel, which is kept for the next message, and verifies the certificate of the server', async () => {
    await using server = await serveTls();
    await using proxy = await startForwardProxy({
      credentials: 'user:p@ss:w%rd',
      portOf: () => server.port,
    });
    const through = proxyAt(proxy.port, 'user:p%40ss%3Aw%25rd');
    for (let n = 0; n < 2; n += 1) {
      const options = { method: 'POST', body: '{}', keep: true, proxy: through } as const;
      assert.equal((await replyOf(`https://${NAME}/`, options)).text, `POST ${NAME}`);
    }
    assert.deepEqual([proxy.requests, server.connections()], [[`CONNECT ${NAME}:443`], 1]);
    assert.equal((await replyOf(`https://${NAME}:8443/`, { proxy: through })).text, `GET ${NAME}:8443`);
    assert.deepEqual(proxy.requests.slice(1), [`CONNECT ${NAME}:8443`]);
  });

  test('http uses absolute URLs, with the user and password for the proxy only', async () => {
    await using server = await serve(({ headers, url }, outgoing) =>
      outgoing.end(`${url} ${headers.host} ${headers['proxy-authorization']}`),
    );
    const { port } = new URL(server.url);
    await using proxy = await startForwardProxy({ credentials: 'user:pass', portOf: () => Number(port) });
    for (const keep of [true, false]) {
      const { text } = await replyOf(`http://${NAME}/v1/health?x`, {
        keep,
        proxy: proxyAt(proxy.port, 'user:pass'),
      });
      assert.equal(text, `/v1/health?x ${NAME} undefined`);
    }
    assert.deepEqual(proxy.requests, Array(2).fill(`GET http://${NAME}/v1/health?x`));
  });
});

describe('a failure names the proxy when it is the cause', () => {
  const bothWays = [`https://${NAME}/secret`, `http://${NAME}/secret`];

  test('it cannot be reached', async () => {
    const proxy = proxyAt(await freePort(), 'planted:planted');
    for (const url of bothWays) {
      const failure = await failureOf(url, { proxy });
      assert.deepEqual(failure, {
        kind: 'unreachable',
        message: `nothing listens on the proxy ${proxy.host}`,
        reason: 'proxy-unreachable',
      });
      assert.match(adviceOnFailure(failure, 'NTFY_SERVER'), /address of the proxy.*NO_PROXY/);
    }
  });

  test('it requires a user and a password, or rejects them: this is not retried often', async () => {
    await using proxy = await startForwardProxy({ credentials: 'user:pass' });
    for (const url of bothWays) {
      for (const credentials of ['', 'user:planted']) {
        const failure = await failureOf(url, { proxy: proxyAt(proxy.port, credentials) });
        assert.deepEqual([failure.kind, failure.reason], ['unauthorized', 'proxy-unauthorized']);
        assert.match(failure.message, new RegExp(`^the proxy 127\\.0\\.0\\.1:${proxy.port} .*\\(407\\)$`));
        assert.match(adviceOnFailure(failure, 'NTFY_SERVER'), /user and password of the proxy/);
      }
    }
    assert.equal(proxy.requests.length, 4);
  });

  test('it refuses to connect to the server', async () => {
    await using proxy = await startForwardProxy({ refuse: 403 });
    const failure = await failureOf(`https://${NAME}/secret`, { proxy: proxyAt(proxy.port) });
    assert.deepEqual(failure, {
      kind: 'unreachable',
      message: `the proxy 127.0.0.1:${proxy.port} refused to connect to ${NAME} (403)`,
      reason: 'proxy-refused',
    });
  });

  test('it closes the connection, or does not answer: the request ends at its timeout', async () => {
    const sockets = new Set<{ destroy: () => unknown }>();
    const server = createServer((socket) => void sockets.add(socket.on('error', () => {}))).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const silent = await failureOf(`https://${NAME}/`, { proxy: proxyAt(address.port), timeout: 200 });
    assert.equal(silent.reason, 'timeout');
    assert.match(silent.message, /^ntfy\.example\.org did not answer within 0\.2 s through the proxy 127/);
    server.once('connection', (socket) => socket.end());
    const cut = await failureOf(`https://${NAME}/`, { proxy: proxyAt(address.port) });
    assert.equal(cut.reason, 'proxy-unreachable');
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('an invalid certificate is the fault of the server', async () => {
    await using server = await serveTls();
    await using proxy = await startForwardProxy({ portOf: () => server.port });
    const { reason, message } = await failureOf('https://other.example.org/', { proxy: proxyAt(proxy.port) });
    assert.equal(reason, 'certificate-name');
    assert.match(message, /^the certificate of other\.example\.org .* through the proxy/);
  });
});
