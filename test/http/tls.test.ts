/** Certificates of private authorities: which are trusted, and how each problem is reported. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import type { Server } from 'node:net';
import * as https from 'node:https';
import { describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { incidentText } from '../../src/ntfy/card-text.ts';
import { adviceOnFailure } from '../../src/doctor/address.ts';
import { createAuthority } from './certificates.ts';
import type { Certificate } from './certificates.ts';
import { failureOf, replyOf } from './calls.ts';
import { serve } from './server.ts';

const DAY = 24 * 60 * 60_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY);
const untrusted = createAuthority('An untrusted authority');
const authority = createAuthority();
setDefaultCACertificates([...getCACertificates('default'), authority.cert]);

async function listening(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { port: address.port, [Symbol.asyncDispose]: async () => void server.close() };
}

const serveTls = (certificate: Certificate) =>
  listening(https.createServer(certificate, (_, outgoing) => outgoing.end('secure')));

test('a server whose authority is trusted answers, by its name and by its address', async () => {
  await using server = await serveTls(authority.issue({ names: ['localhost', '127.0.0.1'] }));
  for (const name of ['localhost', '127.0.0.1']) {
    assert.equal((await replyOf(`https://${name}:${server.port}`, { keep: true })).text, 'secure');
  }
});

describe('problems of certificates are distinguished', () => {
  const names = ['127.0.0.1'];
  const cases = {
    'an unknown authority': {
      certificate: untrusted.issue({ names }),
      reason: 'certificate-untrusted',
      message: /signed by an unknown authority$/,
      advice: /NODE_EXTRA_CA_CERTS=/,
      card: /NODE_EXTRA_CA_CERTS/,
    },
    'it has expired': {
      certificate: authority.issue({ names, from: inDays(-3), until: inDays(-2) }),
      reason: 'certificate-expired',
      message: /has expired$/,
      advice: /^Renew it/,
      card: /Renew/,
    },
    'it is not valid yet': {
      certificate: authority.issue({ names, from: inDays(2), until: inDays(3) }),
      reason: 'certificate-expired',
      message: /not valid yet$/,
      advice: /clock/,
      card: /clock/,
    },
    'another name': {
      certificate: authority.issue({ names: ['ntfy.example.org'] }),
      reason: 'certificate-name',
      message: /for another name$/,
      advice: /^Use a name in NTFY_SERVER/,
      card: /Use the name/,
    },
  };
  for (const [title, { certificate, reason, message, advice, card }] of Object.entries(cases)) {
    test(`: ${title}`, async () => {
      await using server = await serveTls(certificate);
      const failure = await failureOf(`https://127.0.0.1:${server.port}/secret`);
      assert.deepEqual([failure.kind, failure.reason], ['unreachable', reason]);
      assert.match(failure.message, message);
      assert.ok(failure.message.includes(`127.0.0.1:${server.port}`));
      assert.match(adviceOnFailure(failure, 'NTFY_SERVER'), advice);
      assert.match(incidentText(failure), card);
    });
  }
});

describe('another protocol is not reported as a certificate problem', () => {
  test('https to an http server', async () => {
    await using server = await serve((_, outgoing) => outgoing.end('plain'));
    const { reason, message } = await failureOf(`https://${server.host}`);
    assert.equal(reason, 'tls-failed', message);
    assert.doesNotMatch(message, /certificate/);
  });

  test('http to an https server', async () => {
    await using server = await serveTls(authority.issue({ names: ['127.0.0.1'] }));
    assert.equal((await failureOf(`http://127.0.0.1:${server.port}`)).reason, 'connection-closed');
  });

  test('a server without HTTP', async () => {
    const banner = createTcpServer((socket) => void socket.on('error', () => {}).end('SSH-2.0-x\r\n'));
    await using server = await listening(banner);
    assert.equal((await failureOf(`http://127.0.0.1:${server.port}`)).reason, 'not-http');
  });
});
