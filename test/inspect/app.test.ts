import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, describe, test } from 'node:test';
import { parseConfig } from '../../src/config/index.ts';
import { createInspectorExtension, parseInspect } from '../../src/development/inspector.ts';
import { createQueue } from '../../src/development/queue.ts';
import { createLogger } from '../../src/log/index.ts';
import { start } from '../../src/app/start.ts';
import { secret } from '../../src/util/secret.ts';
import { call } from '../server/sockets.ts';
import { until } from '../servers/wait.ts';
import { openStream } from './stream.ts';

const lines: string[] = [];
const log = createLogger({ level: 'info', pretty: false, write: (line) => lines.push(line) });
const parsed = parseConfig({
  QBIT_HOST: 'http://127.0.0.1:1',
  NTFY_TOPIC: 'http://127.0.0.1:1/topic',
  HOOK_PORT: '0',
  OPS_PORT: '0',
  OPS_HOST: '127.0.0.1',
});
assert.ok(parsed.ok);
const { config } = parsed;
const sidecar = await start({ config, log });
const close = await createInspectorExtension(0)(sidecar, { config, log });
const port = Number(/inspector: http:\/\/localhost:(\d+)/.exec(lines.join(''))?.[1]);
const url = `http://localhost:${port}`;
after(async () => {
  await close?.();
  await sidecar.stop();
});

describe("the inspector's server", () => {
  test('listens on loopback only', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of others) await assert.rejects(fetch(`http://${address}:${port}/`));
    assert.equal((await fetch(url)).status, 200);
    assert.equal((await fetch(`http://127.0.0.1:${port}`)).status, 200);
  });

  for (const path of ['/', '/events', '/viewer.js']) {
    test(`refuses ${path} to a page of another site, and under a foreign host name`, async () => {
      const foreign = [
        { host: 'evil.example' },
        { host: `evil.example:${port}` },
        { host: `localhost:${port}`, origin: 'https://evil.example' },
        { host: `localhost:${port}`, origin: 'https://stately.ai' },
        { host: `localhost:${port}`, origin: 'http://localhost:1' },
        { host: `localhost:${port}`, 'sec-fetch-site': 'cross-site' },
        { host: `localhost:${port}`, 'sec-fetch-site': 'same-site' },
      ];
      for (const headers of foreign) assert.equal((await call(port, { path, headers })).status, 403);
    });
  }

  test('serves its whole page itself, which may load nothing else except a frame of stately.ai', async () => {
    const page = await fetch(url);
    const csp = page.headers.get('content-security-policy') ?? '';
    assert.match(csp, /default-src 'none'/);
    assert.deepEqual(csp.match(/https?:[^; ]*/g), ['https://stately.ai', 'https://*.stately.ai']);
    assert.match(csp, /frame-src https:\/\/stately\.ai https:\/\/\*\.stately\.ai;/);
    const html = await page.text();
    const parts = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target = '']) => target);
    assert.deepEqual(parts.toSorted(), ['/viewer.css', '/viewer.js']);
    for (const part of parts) assert.equal((await fetch(url + part)).status, 200);
    assert.equal((await fetch(`${url}/nothing`)).status, 404);
    assert.equal((await fetch(`${url}/events`, { method: 'POST' })).status, 405);
  });

  test('accepts four viewers, and another one when one of them has left', async () => {
    const viewers = await Promise.all([1, 2, 3, 4].map(() => openStream(url)));
    for (const viewer of viewers) {
      assert.equal(viewer.status, 200);
      assert.match(viewer.headers.get('content-type') ?? '', /^text\/event-stream/);
      await until('the actors', () => viewer.messages().length >= 7);
    }
    assert.equal((await openStream(url)).status, 503);
    viewers[0]?.close();
    const late = await until('a place', async () => {
      const stream = await openStream(url);
      return stream.status === 200 ? stream : null;
    });
    for (const viewer of [...viewers, late]) viewer.close();
  });

  test('does not use a port that another program uses, and names the setting to change', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    assert.ok(typeof address === 'object' && address !== null);
    lines.length = 0;
    assert.equal(await createInspectorExtension(address.port)(sidecar, { config, log }), null);
    assert.match(lines.join(''), new RegExp(`port ${address.port} is not available; set INSPECT`));
    taken.close();
    assert.equal(sidecar.supervisor.getSnapshot().status, 'active');
  });

  test('ends while viewers are connected', async () => {
    lines.length = 0;
    const end = await createInspectorExtension(0)(sidecar, { config, log });
    const other = /http:\/\/localhost:\d+/.exec(lines.join(''))?.[0] ?? '';
    const viewer = await openStream(other);
    await until('the actors', () => viewer.messages().length >= 7);
    await end?.();
    await viewer.ended;
    await assert.rejects(fetch(other));
  });
});

test('with OPS_TOKEN the inspector shows nothing before the token is presented', async () => {
  let token = 'planted-ops-token';
  const guarded = { ...config, ops: { ...config.ops, token: secret(() => token) } };
  lines.length = 0;
  const end = await createInspectorExtension(0)(sidecar, { config: guarded, log });
  const guardedUrl = /http:\/\/localhost:\d+/.exec(lines.join(''))?.[0] ?? '';
  for (const path of ['/', '/events', '/viewer.js'])
    assert.equal((await fetch(guardedUrl + path)).status, 403);
  const form = await fetch(guardedUrl, { headers: { accept: 'text/html' } });
  assert.match(await form.text(), /<form method="post" action="login">/);
  const body = new URLSearchParams({ token });
  const signedIn = await fetch(`${guardedUrl}/login`, { method: 'POST', body, redirect: 'manual' });
  assert.equal(signedIn.status, 303);
  const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';');
  assert.equal((await fetch(guardedUrl, { headers: { cookie } })).status, 200);
  const stream = await openStream(guardedUrl, { cookie });
  await until('the actors', () => stream.messages().length >= 7);
  token = 'another';
  sidecar.supervisor.send({ type: 'torrents.track', hashes: ['a'.repeat(40)] });
  await stream.ended;
  assert.doesNotMatch(stream.text(), /a{40}/);
  await end?.();
});

test('a request through a proxy on this machine does not open the inspector', async () => {
  for (const path of ['/', '/events', '/viewer.js']) {
    const headers = { host: `localhost:${port}`, 'x-forwarded-for': '127.0.0.1' };
    assert.equal((await call(port, { path, headers })).status, 403, path);
  }
});

test('INSPECT is a port, or "off", and anything else is reported as invalid', () => {
  assert.equal(parseInspect(undefined), 9092);
  assert.equal(parseInspect(''), 9092);
  assert.equal(parseInspect('off'), null);
  assert.equal(parseInspect('0'), 0);
  assert.equal(parseInspect('8080'), 8080);
  for (const wrong of ['yes', '70000', 'ws://localhost:8080', '-1'])
    assert.throws(() => parseInspect(wrong), /^StartError: INSPECT must be a port .* or "off"$/);
});

describe('a viewer that is too slow', () => {
  test('is disconnected, and starts again', async () => {
    const queue = createQueue<number>(3);
    for (const item of [1, 2, 3, 4, 5]) queue.push(item);
    const got: number[] = [];
    for await (const item of queue) got.push(item);
    assert.deepEqual(got, []);
  });

  test('receives everything in order while it is fast enough', async () => {
    const queue = createQueue<number>(3);
    const got: number[] = [];
    const reading = (async () => {
      for await (const item of queue) got.push(item);
    })();
    for (let item = 0; item < 10; item += 1) {
      queue.push(item);
      await new Promise(setImmediate);
    }
    queue.end();
    await reading;
    assert.deepEqual(got, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
