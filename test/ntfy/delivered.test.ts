/** A message that ntfy accepted is never sent again, even if its answer is lost: old servers would make two sounds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import type { Fault } from '../../src/simulator/index.ts';
import { serve } from '../http/server.ts';
import { realTest, startNginx, startNtfy } from '../servers/index.ts';
import { completionOf } from './cards.ts';
import { clientOf, cardDelete, failureOf } from './clients.ts';

const UNREAD = { ok: true, value: { live: null } };
const page = '<html>Sign in</html>';

/** Publishes to a server that answers with this status, body and header. */
async function publishTo(body: string | Uint8Array, headers: Record<string, string> = {}, status = 200) {
  await using server = await serve((_, outgoing) => outgoing.writeHead(status, headers).end(body));
  const publication = await clientOf({ url: server.url.replace(/\/$/, '') }).publish(completionOf());
  assert.equal(server.requests.length, 1);
  return publication;
}

describe('a completion that was answered with 200', () => {
  test('is delivered if half of the answer is lost', async () => {
    await using ntfy = await startNtfySimulator();
    ntfy.fail('/', { kind: 'truncate' } satisfies Fault);
    assert.deepEqual(await clientOf(ntfy).publish(completionOf()), UNREAD);
    assert.equal(ntfy.messages.length, 1);
  });

  test('is delivered if the answer is unreadable', async () => {
    const broken: Parameters<typeof publishTo>[] = [
      [gzipSync('{}').subarray(0, 8), { 'content-encoding': 'gzip' }],
      ['{"id":"x"}', { 'content-encoding': 'compress' }],
      ['x'.repeat(70_000)],
      ['{"id":"abc","eve'],
      [''],
      ['', {}, 204],
    ];
    for (const answer of broken)
      assert.deepEqual(await publishTo(...answer), UNREAD, String(answer[0]).slice(0, 20));
  });

  test('is delivered and parsed if the answer is compressed', async () => {
    const answer = JSON.stringify({ id: 'abc', sequence_id: 'qbit-x-done' });
    for (const [encoding, body] of [
      ['gzip', gzipSync(answer)],
      ['br', brotliCompressSync(answer)],
    ] as const) {
      const publication = await publishTo(body, { 'content-encoding': encoding });
      assert.deepEqual(publication, { ok: true, value: { live: false } });
    }
  });

  test('is not delivered if the answer is a web page or comes from another server', async () => {
    const html = { 'content-type': 'text/html; charset=utf-8' };
    const others: Parameters<typeof publishTo>[] = [
      [page],
      [gzipSync(page), { 'content-encoding': 'gzip' }],
      [page, { ...html, 'content-encoding': 'compress' }],
      ['Sign in', html],
      ['{"ok":true}'],
    ];
    for (const answer of others) {
      const { kind, reason } = await failureOf(Promise.resolve(await publishTo(...answer)));
      assert.deepEqual([kind, reason], ['misdirected', 'not-ntfy']);
    }
  });
});

test('a deletion is delivered even if its answer is truncated', async () => {
  await using ntfy = await startNtfySimulator();
  ntfy.fail(/./, { kind: 'truncate' });
  assert.deepEqual(await clientOf(ntfy).publish(cardDelete), { ok: true, value: { live: true } });
});

for (const generation of ['legacy', 'current'] as const) {
  realTest(
    `ntfy ${generation} behind two nginx, one of which compresses everything: a completion is sent once`,
    { needs: [`ntfy ${generation}`, 'nginx'] },
    async () => {
      await using ntfy = await startNtfy(generation);
      const compress = 'gzip on; gzip_min_length 0; gzip_types *; gzip_proxied any; gzip_http_version 1.0;';
      await using inner = await startNginx({ server: `${compress} location / { proxy_pass ${ntfy.url}; }` });
      const acceptGzip = 'proxy_set_header Accept-Encoding gzip;';
      await using outer = await startNginx({
        server: `location / { ${acceptGzip} proxy_pass ${inner.url}; }`,
      });
      const answer = await fetch(`${outer.url}/v1/health`, { headers: { 'accept-encoding': 'identity' } });
      assert.equal(answer.headers.get('content-encoding'), 'gzip');
      const publication = await clientOf(outer).publish(completionOf());
      assert.deepEqual(publication, { ok: true, value: { live: generation === 'current' } });
      assert.equal((await ntfy.messages('downloads')).length, 1);
    },
  );
}
