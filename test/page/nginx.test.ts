/** A real nginx in front of the operations port: what is accessible through it, and how a user signs in. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { secret } from '../../src/util/secret.ts';
import type { Secret } from '../../src/util/secret.ts';
import { listen } from '../../src/server/index.ts';
import { hashOf, SECOND } from '../machines/fixtures.ts';
import { recorder } from '../server/apps.ts';
import { realTest, startNginx } from '../servers/index.ts';
import { documentedBlock, PATH } from './proxy-block.ts';
import { following, startApp } from './setup.ts';
import { cookieOf } from './sign-in.ts';

const TOKEN = 'correct-horse-battery';
const PRIVATE = ['', 'events', 'status'];
const OPEN = ['livez', 'readyz', 'metrics'];
const needs = ['nginx'] as const;
const html = { accept: 'text/html' };

/** The operations port of a sidecar with a tracked torrent. */
async function serveOps(t: TestContext, token: Secret | null) {
  const world = await following(1);
  const { app, page } = startApp(t, token, world);
  const server = await listen(app, { host: 'localhost', port: 0, setting: 'OPS', log: recorder().log });
  t.after(async () => {
    page.close();
    await server.close();
  });
  const move = async () => {
    world.set(hashOf(0), { progress: 0.7 });
    await world.pass(5 * SECOND);
  };
  return { port: server.port, url: `http://localhost:${server.port}/`, move };
}

async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  const controller = new AbortController();
  const { status } = await fetch(url, { headers, signal: controller.signal });
  controller.abort();
  return status;
}

/** The status of each path. */
const statusesOf = async (url: string, paths: readonly string[], headers: Record<string, string> = {}) =>
  Promise.all(paths.map((path) => statusOf(url + path, headers)));

const plain = (port: number, more = '') => `location / { proxy_pass http://localhost:${port}; ${more} }`;

/** The nginx configuration for HTTP/1.1. */
const HTTP11 = 'proxy_http_version 1.1; proxy_set_header Connection "";';

async function signIn(url: string, headers: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams({ token: TOKEN });
  return fetch(`${url}login`, { method: 'POST', body, headers, redirect: 'manual' });
}

realTest(
  'through a plain proxy_pass nothing is accessible without the token, where one is set',
  { needs },
  async (t) => {
    const ops = await serveOps(t, secret(TOKEN));
    for (const more of ['', HTTP11]) {
      await using nginx = await startNginx({ server: plain(ops.port, more) });
      const url = `${nginx.url}/`;
      assert.deepEqual(await statusesOf(url, PRIVATE), [403, 403, 403]);
      assert.deepEqual(await statusesOf(url, OPEN), [200, 200, 200]);
      assert.match(await (await fetch(url, { headers: html })).text(), /<form method="post" action="login">/);
      assert.deepEqual(await statusesOf(url, PRIVATE, { authorization: `Bearer ${TOKEN}` }), [200, 200, 200]);
    }
    assert.deepEqual(await statusesOf(ops.url, PRIVATE), [403, 403, 403], 'also from this machine');
    assert.deepEqual(await statusesOf(ops.url, OPEN), [200, 200, 200]);
  },
);

realTest('through a plain proxy_pass a browser at an https address can sign in', { needs }, async (t) => {
  const ops = await serveOps(t, secret(TOKEN));
  await using nginx = await startNginx({ server: plain(ops.port) });
  const url = `${nginx.url}/`;
  const headers = { origin: 'https://box.example', 'sec-fetch-site': 'same-origin' };
  const signedIn = await signIn(url, headers);
  assert.equal(signedIn.status, 303);
  const cookie = cookieOf(signedIn);
  assert.deepEqual(await statusesOf(url, PRIVATE, { cookie }), [200, 200, 200]);
  assert.equal(
    (await signIn(url, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status,
    403,
  );
});

realTest(
  'without a token nothing is accessible through nginx, by default or with the usual headers',
  { needs },
  async (t) => {
    const ops = await serveOps(t, null);
    assert.deepEqual(await statusesOf(ops.url, PRIVATE), [200, 200, 200], 'a direct call');
    const headers = [
      'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
      'proxy_set_header X-Real-IP $remote_addr;',
      'proxy_set_header X-Forwarded-Proto $scheme;',
      'proxy_set_header Forwarded "for=$remote_addr";',
      'proxy_set_header Via "1.1 nginx";',
    ];
    const configurations = [
      plain(ops.port),
      ...headers.map((header) => plain(ops.port, `${HTTP11} ${header}`)),
    ];
    for (const server of configurations) {
      await using nginx = await startNginx({ server });
      const url = `${nginx.url}/`;
      assert.deepEqual(await statusesOf(url, PRIVATE), [403, 403, 403], server);
      assert.deepEqual(await statusesOf(url, OPEN), [200, 200, 200]);
      assert.match(
        await (await fetch(url, { headers: html })).text(),
        /not through a proxy.*set <code>OPS_TOKEN/,
      );
    }
    await using nginx = await startNginx({ server: documentedBlock(ops.port) });
    assert.deepEqual(await statusesOf(nginx.url + PATH, PRIVATE), [403, 403, 403]);
  },
);

realTest(
  'an nginx that adds no headers is treated as a local browser: docs/page.md requires a token',
  { needs },
  async (t) => {
    const ops = await serveOps(t, null);
    await using nginx = await startNginx({ server: plain(ops.port, HTTP11) });
    assert.deepEqual(await statusesOf(`${nginx.url}/`, PRIVATE), [200, 200, 200]);
  },
);

for (const host of ['$http_host', '$host', '$host:$server_port']) {
  realTest(
    `through the documented block, with Host ${host}, the user can sign in and receives live updates`,
    { needs },
    async (t) => {
      const ops = await serveOps(t, secret(TOKEN));
      const server = documentedBlock(ops.port).replace('$http_host', host);
      await using nginx = await startNginx({ server });
      const url = nginx.url + PATH;
      assert.deepEqual(await statusesOf(url, PRIVATE), [403, 403, 403]);
      assert.equal((await fetch(`${nginx.url}/`)).status, 404, 'only below its path');
      // As over plain http, where a browser sends no Sec-Fetch-Site.
      const { origin } = new URL(url);
      const signedIn = await signIn(url, { origin });
      assert.deepEqual([signedIn.status, signedIn.headers.get('location')], [303, './']);
      assert.doesNotMatch(signedIn.headers.get('set-cookie') ?? '', /path|secure/i);
      const cookie = cookieOf(signedIn);
      assert.deepEqual(await statusesOf(url, PRIVATE, { cookie }), [200, 200, 200]);
      for (const foreign of ['http://evil.example', 'null'])
        assert.equal((await signIn(url, { origin: foreign })).status, 403, foreign);

      const stream = await fetch(`${url}events`, { headers: { cookie } });
      const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
      const readUntil = async (expected: RegExp) => {
        let text = '';
        while (!expected.test(text)) {
          const { done, value } = (await reader?.read()) ?? { done: true };
          assert.ok(!done, `the stream ended before ${expected}`);
          text += value;
        }
      };
      await readUntil(/\nid: /);
      await ops.move();
      await readUntil(/70%/);
      const out = await fetch(`${url}logout`, {
        method: 'POST',
        headers: { cookie, origin },
        redirect: 'manual',
      });
      assert.equal(out.status, 303);
      assert.deepEqual(await statusesOf(url, PRIVATE, { cookie }), [403, 403, 403]);
      await reader?.cancel();
    },
  );
}
