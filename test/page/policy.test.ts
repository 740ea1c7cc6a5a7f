import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Script } from 'node:vm';
import { secret } from '../../src/util/secret.ts';
import { listen } from '../../src/server/index.ts';
import { recorder } from '../server/apps.ts';
import { call as callSocket } from '../server/sockets.ts';
import { until } from '../servers/wait.ts';
import { countObservers, startApp, navigation } from './setup.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

test('the policy of every page allows only its own files, and no inline code', async (t) => {
  const { call } = startApp(t, secret('token'));
  const pages = [
    await call('/', { headers: navigation() }),
    await call('/?show=supervisor', { headers: navigation() }),
    await call('/', { headers: { host: 'pod.example', ...navigation() } }, '10.1.2.3'),
    await call('/login', { method: 'POST' }, '10.1.2.3'),
  ];
  for (const page of pages) {
    assert.equal(page.headers.get('content-security-policy'), POLICY);
    assert.equal(page.headers.get('referrer-policy'), 'same-origin');
    assert.equal(page.headers.get('cache-control'), 'no-store');
    assert.equal(page.headers.get('strict-transport-security'), null);
    const html = await page.text();
    assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:/i);
    const loaded = [...html.matchAll(/<(?:script|link|img|form|a)\b[^>]*(?:src|href|action)="([^"]*)"/g)];
    assert.ok(loaded.length >= 3);
    for (const [, address = ''] of loaded) assert.match(address, /^[\w.]*(?:[?#][\w.=]*)?$/, address);
  }
});

test('its files reference no other host, and are served without signing in', async (t) => {
  const { call } = startApp(t, secret('token'));
  for (const [path, type] of [
    ['/page.js', 'text/javascript; charset=utf-8'],
    ['/page.css', 'text/css; charset=utf-8'],
    ['/icon.svg', 'image/svg+xml'],
  ] as const) {
    const answer = await call(path, { headers: { host: 'pod.example' } }, '10.1.2.3');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), type);
    const text = await answer.text();
    assert.doesNotMatch(text.replaceAll('http://www.w3.org/', ''), /https?:|\/\/[a-z]|@import|url\(/);
  }
});

test('the script is valid JavaScript', async (t) => {
  const text = await (await startApp(t).call('/page.js')).text();
  assert.doesNotThrow(() => new Script(text));
  assert.doesNotMatch(text, /\b(import|export|eval|require)\b/);
});

test('the page is complete without JavaScript', async (t) => {
  const { call, world } = startApp(t);
  world.track('a'.repeat(40));
  const html = await (await call(`/?show=${'a'.repeat(40)}`, { headers: navigation() })).text();
  assert.match(html, /<li class="torrent"/);
  assert.match(html, /<dialog[^>]* open>.*<svg /s);
  assert.match(html, /<noscript/);
});

describe('over a real socket', () => {
  test('a browser with the cookies of a whole host receives the page', async (t) => {
    const { app } = startApp(t);
    const options = {
      host: '127.0.0.1',
      port: 0,
      setting: 'OPS',
      maxHeaderSize: 16_384,
      log: recorder().log,
    };
    const server = await listen(app, options);
    t.after(() => server.close());
    const cookie = Array.from({ length: 100 }, (_, n) => `other${n}=${'x'.repeat(90)}`).join('; ');
    const headers = { host: `localhost:${server.port}`, cookie };
    assert.equal((await callSocket(server.port, { headers })).status, 200);
  });

  test('a stream starts immediately, disables buffering, and its end is noticed', async (t) => {
    const { app, world, page } = startApp(t);
    const server = await listen(app, { host: '127.0.0.1', port: 0, setting: 'OPS', log: recorder().log });
    t.after(() => server.close());
    const observers = countObservers(world.supervisor);
    const leave = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${server.port}/events`, { signal: leave.signal });
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    assert.equal(answer.headers.get('x-accel-buffering'), 'no');
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('\nid: ')) text += (await reader?.read())?.value ?? '';
    assert.match(text, /^retry: 1000\n\ndata: <p id="summary">/);
    assert.match(text, /\nid: [0-9a-f]{12}\.\d+\n/);
    assert.equal(observers.now, 1);
    leave.abort();
    await until('the viewer is disconnected', () => observers.now === 0);
    const second = await fetch(`http://127.0.0.1:${server.port}/events`);
    page.close();
    await second.text();
  });
});
