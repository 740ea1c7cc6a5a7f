import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { secret } from '../../src/util/secret.ts';
import { startApp } from './setup.ts';
import { cookieOf, signIn, statusWith, TOKEN } from './sign-in.ts';

const at = (port: number) => ({ host: `localhost:${port}`, origin: `http://localhost:${port}` });

describe('the token', () => {
  test('is accepted behind a proxy that removes the port from Host, or adds the default port of its scheme', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const behind = [
      { host: 'box.example', origin: 'https://box.example:8443' },
      { host: 'box.example', origin: 'http://box.example:8080' },
      { host: 'box.example', origin: 'https://box.example' },
      { host: 'box.example:443', origin: 'https://box.example' },
      { host: 'box.example:80', origin: 'http://box.example' },
      { host: 'box.example:8443', origin: 'https://box.example:8443' },
      { host: '[2001:db8::1]', origin: 'http://[2001:db8::1]:8080' },
      { host: 'localhost:9091', origin: 'https://box.example', 'sec-fetch-site': 'same-origin' },
    ];
    for (const headers of behind)
      assert.equal((await signIn(call, TOKEN, '127.0.0.1', headers)).status, 303, JSON.stringify(headers));
  });

  test('is refused from a page of another host or port, whatever Host the proxy sends', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const foreign = [
      { host: 'box.example', origin: 'https://evil.example:8443' },
      { host: 'box.example', origin: 'https://sub.box.example' },
      { host: 'box.example', origin: 'null' },
      { host: 'box.example:8443', origin: 'https://box.example' },
      { host: 'box.example:8443', origin: 'https://box.example:8444' },
      { host: 'box.example:443', origin: 'http://box.example' },
      { host: 'localhost:9091', origin: 'https://box.example' },
      { host: 'box.example', origin: 'https://box.example:8443', 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign)
      assert.equal((await signIn(call, TOKEN, '127.0.0.1', headers)).status, 403, JSON.stringify(headers));
  });

  test('is stored in a cookie for https only where the browser uses an https address', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const host = 'box.example';
    const isSecure = async (headers: Record<string, string>) => {
      const set = (await signIn(call, TOKEN, '127.0.0.1', { host, ...headers })).headers.get('set-cookie');
      return set?.includes('; Secure');
    };
    assert.equal(await isSecure({ origin: 'https://box.example' }), true);
    assert.equal(await isSecure({ 'x-forwarded-proto': 'https' }), true, 'a browser that sends no Origin');
    assert.equal(await isSecure({ 'x-forwarded-proto': 'http' }), false);
    // It would not keep the cookie: the browser's own address decides.
    const mistaken = { origin: 'http://box.example', 'x-forwarded-proto': 'https' };
    assert.equal(await isSecure(mistaken), false);
  });

  test('opens two sidecars that are forwarded to two ports of this machine side by side', async (t) => {
    const [one, two] = [startApp(t, secret(TOKEN)), startApp(t, secret(TOKEN))];
    const jar = [
      cookieOf(await signIn(one.call, TOKEN, '127.0.0.1', at(9091))),
      cookieOf(await signIn(two.call, TOKEN, '127.0.0.1', at(9191))),
    ];
    assert.equal(new Set(jar.map((cookie) => cookie.split('=')[0])).size, 2, 'neither replaces the other');
    const cookie = jar.join('; ');
    assert.equal((await one.call('/status', { headers: { ...at(9091), cookie } })).status, 200);
    assert.equal((await two.call('/status', { headers: { ...at(9191), cookie } })).status, 200);
  });

  test('opens two sidecars below two paths of one host, whichever cookie comes first', async (t) => {
    const [outer, inner] = [startApp(t, secret(TOKEN)), startApp(t, secret(TOKEN))];
    const cookies = [cookieOf(await signIn(outer.call, TOKEN)), cookieOf(await signIn(inner.call, TOKEN))];
    for (const jar of [cookies, cookies.toReversed()]) {
      for (const { call } of [outer, inner]) assert.equal(await statusWith(call, jar.join('; ')), 200);
    }
  });
});
