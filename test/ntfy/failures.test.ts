import assert from 'node:assert/strict';
import { until } from '../servers/wait.ts';
import { describe, test } from 'node:test';
import type { Failure } from '../../machines/domain.ts';
import { createNtfyClient } from '../../src/ntfy/client.ts';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import type { Fault } from '../../src/simulator/index.ts';
import { progressOf } from './cards.ts';
import { clientOf, cardDelete, failureOf, none, token } from './clients.ts';

describe('a publish fails', () => {
  test('as unauthorized with a wrong token (401)', async () => {
    await using ntfy = await startNtfySimulator({ token: 'tk_example' });
    const failure = await failureOf(clientOf(ntfy, token('tk_wrong')).publish(progressOf()));
    assert.equal(failure.kind, 'unauthorized');
    assert.match(failure.message, /40101/);
    assert.doesNotMatch(failure.message, /tk_|downloads/);
  });

  test('as unauthorized if anonymous publishing is forbidden (403)', async () => {
    await using ntfy = await startNtfySimulator({ token: 'tk_example' });
    assert.equal((await failureOf(clientOf(ntfy).publish(progressOf()))).kind, 'unauthorized');
    assert.equal((await failureOf(clientOf(ntfy).publish(cardDelete))).kind, 'unauthorized');
  });

  test('as unauthorized after too many wrong tokens (42909), not as limited', async () => {
    await using ntfy = await startNtfySimulator({ token: 'tk_example', burst: 1000 });
    const client = clientOf(ntfy, token('tk_wrong'));
    for (let count = 0; count < 30; count += 1) await client.publish(progressOf());
    const failure = await failureOf(client.publish(progressOf()));
    assert.equal(failure.kind, 'unauthorized');
    assert.match(failure.message, /42909/);
  });

  test('as limited after a burst (42901)', async () => {
    await using ntfy = await startNtfySimulator({ burst: 1 });
    const client = clientOf(ntfy);
    await client.publish(progressOf());
    assert.equal((await failureOf(client.publish(progressOf()))).kind, 'limited');
    assert.equal((await failureOf(client.publish(cardDelete))).kind, 'limited');
  });

  test("as exhausted when the day's messages are used up (42908)", async () => {
    await using ntfy = await startNtfySimulator({ dailyLimit: 1 });
    const client = clientOf(ntfy);
    await client.publish(progressOf());
    assert.equal((await failureOf(client.publish(progressOf()))).kind, 'exhausted');
  });

  test('as rejected with an invalid topic (400)', async () => {
    await using ntfy = await startNtfySimulator();
    const client = createNtfyClient(
      { server: ntfy.url, topic: 'docs', auth: none, rate: null, retryMax: 0 },
      { instance: 'q', timeZone: 'UTC' },
    );
    assert.equal((await failureOf(client.publish(progressOf()))).kind, 'rejected');
  });

  const html = '<html>Bad Gateway</html>';
  const faults: [title: string, fault: Fault, kind: Failure['kind']][] = [
    [
      'a body that is too large (41303)',
      { kind: 'status', status: 413, body: '{"code":41303,"http":413}' },
      'rejected',
    ],
    ["a proxy's limit without a code (429)", { kind: 'status', status: 429, body: html }, 'limited'],
    [
      'an error of the server (500)',
      { kind: 'status', status: 500, body: '{"code":50001,"http":500}' },
      'broken',
    ],
    ["a proxy's 502 in HTML", { kind: 'status', status: 502, body: html }, 'broken'],
    ['a 503', { kind: 'status', status: 503 }, 'broken'],
    ['a 504', { kind: 'status', status: 504 }, 'broken'],
    [
      'a redirect',
      { kind: 'status', status: 301, headers: { location: 'https://example.org/' } },
      'misdirected',
    ],
    ['a web page', { kind: 'status', status: 200, body: html }, 'misdirected'],
    ['a 200 of another server', { kind: 'status', status: 200, body: '{"ok":true}' }, 'misdirected'],
    ['a 404', { kind: 'status', status: 404, body: html }, 'misdirected'],
    ['an invalid error body', { kind: 'status', status: 400, body: '{"code":"x","error":[1]}' }, 'rejected'],
    ['a closed connection', { kind: 'close' }, 'unreachable'],
    ['a lost answer', { kind: 'lose' }, 'unreachable'],
  ];
  for (const [title, fault, kind] of faults) {
    test(`as ${kind} by ${title}, and is not repeated automatically`, async () => {
      await using ntfy = await startNtfySimulator();
      ntfy.fail('/', fault);
      assert.equal((await failureOf(clientOf(ntfy).publish(progressOf()))).kind, kind);
      assert.equal(ntfy.requests.length, 1);
    });
  }

  const page = '<html>Forbidden</html>';
  for (const [status, kind] of [
    [401, 'unauthorized'],
    [403, 'misdirected'],
    [405, 'misdirected'],
    [413, 'rejected'],
    [502, 'broken'],
  ] as const) {
    test(`as ${kind} by a ${status} of something in front of ntfy, because it has no ntfy error code`, async () => {
      await using ntfy = await startNtfySimulator({ token: 'tk_example' });
      ntfy.fail('/', { kind: 'status', status, body: page });
      const failure = await failureOf(clientOf(ntfy, token('tk_example')).publish(progressOf()));
      assert.deepEqual([failure.kind, failure.reason], [kind, 'in-front']);
      assert.match(failure.message, /^something in front of ntfy at 127\.0\.0\.1:\d+ /);
      const { bytes = 0, ...answer } = failure.answer ?? {};
      assert.deepEqual(answer, { status, code: null });
      assert.ok(bytes > 50);
      assert.doesNotMatch(JSON.stringify(failure), /debian|tk_|downloads|html/);
    });
  }

  test("not as ntfy's own by JSON with a code of another kind, whose text may name the topic", async () => {
    await using ntfy = await startNtfySimulator();
    const body = JSON.stringify({ code: 403, error: 'POST /downloads is forbidden' });
    ntfy.fail('/', { kind: 'status', status: 403, body });
    const failure = await failureOf(clientOf(ntfy).publish(progressOf()));
    assert.deepEqual([failure.kind, failure.reason, failure.answer?.code], ['misdirected', 'in-front', null]);
    assert.doesNotMatch(failure.message, /downloads/);
  });

  test('as unreachable if nothing listens', async () => {
    await using ntfy = await startNtfySimulator();
    await ntfy.goOffline();
    assert.deepEqual(await failureOf(clientOf(ntfy, token('tk_example')).publish(progressOf())), {
      kind: 'unreachable',
      message: `nothing listens on 127.0.0.1:${ntfy.port}`,
      reason: 'connection-refused',
    });
  });

  test('when it is aborted', async () => {
    await using ntfy = await startNtfySimulator();
    ntfy.fail('/', { kind: 'hang' });
    const controller = new AbortController();
    const publication = clientOf(ntfy).publish(progressOf(), { signal: controller.signal });
    await until('ntfy has received it', () => ntfy.requests.length > 0);
    controller.abort();
    assert.equal((await failureOf(publication)).kind, 'unreachable');
  });
});
