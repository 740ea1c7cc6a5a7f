/** The faults of a simulator. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { NtfySimulator } from '../../src/simulator/index.ts';

const publish = (ntfy: NtfySimulator, message: string, signal?: AbortSignal): Promise<Response> =>
  fetch(ntfy.url, {
    method: 'POST',
    body: JSON.stringify({ topic: 't', message }),
    signal: signal ?? null,
  });

/** The messages that the simulator has accepted. */
const textsOf = ({ messages }: NtfySimulator) => messages.map(({ message }) => message);

test('a fault answers instead of the server, as many times as set, and the request has no effect', async () => {
  await using ntfy = await startNtfySimulator();
  ntfy.fail('/', { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' }, 2);
  for (const status of [502, 502, 200]) assert.equal((await publish(ntfy, `${status}`)).status, status);
  assert.deepEqual(textsOf(ntfy), ['200']);
});

test('a fault can have headers, and can be removed', async () => {
  await using ntfy = await startNtfySimulator();
  const headers = { location: 'https://example.com/login' };
  const lift = ntfy.fail('/', { kind: 'status', status: 302, headers });
  const answer = await fetch(ntfy.url, { method: 'POST', body: '{}', redirect: 'manual' });
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, headers.location]);
  lift();
  assert.equal((await publish(ntfy, 'fine')).status, 200);
});

test('a fault applies to the end of a path, a pattern of method and path, or a function', async () => {
  await using ntfy = await startNtfySimulator();
  const teapot = { kind: 'status', status: 418 } as const;
  ntfy.fail('/json', teapot);
  ntfy.fail(/^DELETE /, teapot);
  ntfy.fail(({ body }) => body.includes('tea'), teapot);
  assert.equal((await fetch(`${ntfy.url}/t/json?poll=1`)).status, 418);
  assert.equal((await fetch(`${ntfy.url}/t/sequence`, { method: 'DELETE' })).status, 418);
  assert.equal((await publish(ntfy, 'tea')).status, 418);
  assert.equal((await publish(ntfy, 'coffee')).status, 200);
});

test('a closed connection and a lost answer look the same, but the lost one was accepted', async () => {
  await using ntfy = await startNtfySimulator();
  ntfy.fail('/', { kind: 'lose' }, 1);
  ntfy.fail('/', { kind: 'close' }, 1);
  await assert.rejects(publish(ntfy, 'closed'), TypeError);
  await assert.rejects(publish(ntfy, 'lost'), TypeError);
  assert.deepEqual(textsOf(ntfy), ['lost']);
});

test('a request without an answer ends at the time limit of the client, or with the server', async () => {
  const ntfy = await startNtfySimulator();
  ntfy.fail('/', { kind: 'hang' });
  const controller = new AbortController();
  const aborted = publish(ntfy, 'hanging', controller.signal);
  const pending = publish(ntfy, 'hanging');
  const both = Promise.allSettled([aborted, pending]);
  while (ntfy.requests.length < 2) await new Promise(setImmediate);
  controller.abort();
  await assert.rejects(aborted, { name: 'AbortError' });
  await ntfy.stop();
  await assert.rejects(pending, TypeError);
  assert.deepEqual(
    (await both).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.deepEqual(textsOf(ntfy), []);
});

test('half an answer is aborted while it is read', async () => {
  await using ntfy = await startNtfySimulator();
  ntfy.fail('/', { kind: 'truncate' }, 1);
  const answer = await publish(ntfy, 'half');
  assert.equal(answer.status, 200);
  await assert.rejects(answer.text(), TypeError);
});

test('garbage is a 200 whose JSON is broken', async () => {
  await using ntfy = await startNtfySimulator();
  ntfy.fail('/', { kind: 'garbage' }, 1);
  const answer = await publish(ntfy, 'garbled');
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /json/);
  await assert.rejects(answer.json(), SyntaxError);
});

test('a slow answer is the normal one', async () => {
  await using ntfy = await startNtfySimulator();
  ntfy.fail('/', { kind: 'slow', ms: 20 }, 1);
  assert.equal((await publish(ntfy, 'slow')).status, 200);
  assert.deepEqual(textsOf(ntfy), ['slow']);
});

test('every request is in the log, refused ones too', async () => {
  await using qbittorrent = await startQbittorrentSimulator({ now: () => 5000 });
  const form = new URLSearchParams({ username: 'a', password: 'b' });
  await fetch(`${qbittorrent.url}/api/v2/auth/login`, { method: 'POST', body: form });
  await fetch(`${qbittorrent.url}/api/v2/app/version?x=1`);
  const log = qbittorrent.requests.map(({ method, path, query, form, at }) => ({
    method,
    path,
    query,
    form,
    at,
  }));
  assert.deepEqual(log, [
    {
      method: 'POST',
      path: '/api/v2/auth/login',
      query: {},
      form: { username: 'a', password: 'b' },
      at: 5000,
    },
    { method: 'GET', path: '/api/v2/app/version', query: { x: '1' }, form: {}, at: 5000 },
  ]);
});

test('offline, connections are refused; back on the same port it is a restarted qBittorrent', async () => {
  await using qbittorrent = await startQbittorrentSimulator({ bypassLocalAuth: true });
  const hash = qbittorrent.addTorrent();
  const url = `${qbittorrent.url}/api/v2/torrents/info`;
  await fetch(url);
  assert.equal(qbittorrent.sessions, 1);
  await qbittorrent.goOffline();
  await assert.rejects(fetch(url), TypeError);
  await qbittorrent.goOnline();
  assert.equal(qbittorrent.sessions, 0);
  assert.match(await (await fetch(url)).text(), new RegExp(hash));
});
