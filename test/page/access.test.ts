import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { secret } from '../../src/util/secret.ts';
import { startApp, navigation } from './setup.ts';
import { cookieOf, own, REMOTE, signIn, statusWith, TOKEN } from './sign-in.ts';

const LOCAL = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];

describe('the page', () => {
  test('is available to a browser on the same machine where no token is set', async (t) => {
    const { call } = startApp(t);
    for (const address of LOCAL) {
      const answer = await call('/', { headers: { host: 'localhost:9091', ...navigation() } }, address);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
    }
  });

  test('is a form where a token is set, on the same machine too, as through a port-forward, until the token is presented', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const own = { host: 'localhost:9091', origin: 'http://localhost:9091', 'sec-fetch-site': 'same-origin' };
    for (const address of LOCAL) {
      const headers = { host: own.host, ...navigation() };
      const locked = await call('/', { headers }, address);
      assert.equal(locked.status, 403);
      assert.match(await locked.text(), /<form method="post" action="login">/);
      for (const path of ['/events', '/status'])
        assert.equal((await call(path, { headers: { host: own.host } }, address)).status, 403, path);
      for (const path of ['/livez', '/readyz', '/metrics'])
        assert.equal((await call(path, { headers: { host: own.host } }, address)).status, 200, path);
      const cookie = cookieOf(await signIn(call, TOKEN, address, own));
      assert.equal((await call('/', { headers: { ...headers, cookie } }, address)).status, 200);
    }
  });

  test('is not available through a proxy that adds its headers, where no token is set', async (t) => {
    const { call } = startApp(t);
    const headers = { host: 'localhost:9091', 'x-forwarded-for': '127.0.0.1', ...navigation() };
    const answer = await call('/', { headers });
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /set <code>OPS_TOKEN<\/code>/);
    assert.equal((await call('/events', { headers })).status, 403);
  });

  test('is not available under another name that resolves to this machine', async (t) => {
    const { call } = startApp(t);
    for (const path of ['/', '/events']) {
      const headers = { host: 'evil.example:9091', ...navigation() };
      assert.equal((await call(path, { headers })).status, 403, path);
    }
  });

  test('may be linked to, but other sites can neither read nor embed it', async (t) => {
    const { call } = startApp(t);
    const host = 'localhost:9091';
    assert.equal((await call('/', { headers: { host, ...navigation('cross-site') } })).status, 200);
    const loads = [
      { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', origin: 'https://evil.example' },
      { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ];
    for (const load of loads) {
      for (const path of ['/', '/events', '/status']) {
        const headers = { host, 'sec-fetch-site': 'cross-site', ...load };
        assert.equal((await call(path, { headers })).status, 403, `${path} ${load['sec-fetch-dest']}`);
      }
    }
    const link = { host, ...navigation('cross-site') };
    assert.equal((await call('/events', { headers: link })).status, 403, 'the stream is not a page');
    assert.equal((await call('/status', { headers: link })).status, 403, 'the status is not either');
  });

  test('is a form for the token on another machine, and a hint where no token is set', async (t) => {
    const headers = { ...own, ...navigation() };
    const locked = await startApp(t, secret(TOKEN)).call('/', { headers }, REMOTE);
    assert.equal(locked.status, 403);
    assert.match(await locked.text(), /<form method="post" action="login">.*type="password"/);
    const keyless = await startApp(t).call('/', { headers }, REMOTE);
    assert.equal(keyless.status, 403);
    assert.match(await keyless.text(), /set <code>OPS_TOKEN<\/code>/);
  });

  test('is refused as one line of text to a client that is not a browser', async (t) => {
    const answer = await startApp(t, secret(TOKEN)).call('/', { headers: { host: 'pod.example' } }, REMOTE);
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /^Send OPS_TOKEN as a bearer token, or sign in/);
  });
});

describe('the token', () => {
  test('presented once opens the page, its stream and the status, with a cookie that is not the token', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const answer = await signIn(call, TOKEN);
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, './']);
    const set = answer.headers.get('set-cookie') ?? '';
    assert.match(set, /^qbit_ntfy_ops_9091=[\w-]{43}; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
    assert.ok(!set.includes(TOKEN));
    for (const path of ['/', '/events', '/status']) {
      assert.equal(await statusWith(call, cookieOf(answer), path), 200, path);
      assert.equal(await statusWith(call, '', path), 403, path);
      assert.equal(await statusWith(call, 'qbit_ntfy_ops_9091=x', path), 403, path);
    }
  });

  test('also opens it as a bearer token', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const headers = { host: own.host, authorization: `Bearer ${TOKEN}` };
    assert.equal((await call('/', { headers }, REMOTE)).status, 200);
  });

  test('creates sessions for a hundred browsers: the oldest session is dropped for another one', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const cookies: string[] = [];
    for (let n = 0; n <= 100; n += 1) cookies.push(cookieOf(await signIn(call, TOKEN)));
    const statuses = await Promise.all(cookies.map((cookie) => statusWith(call, cookie)));
    assert.deepEqual(
      statuses.map((status) => status === 200),
      cookies.map((_, index) => index > 0),
    );
  });

  test('that is wrong in any way gets the same answer, and no cookie', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const wrong = ['', 'x', 'correct-hors', `${TOKEN} `, 'x'.repeat(3000), 'null'];
    const answers = await Promise.all(wrong.map((token) => signIn(call, token)));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([403]));
    assert.equal(new Set(texts).size, 1);
    assert.match(texts[0] ?? '', /Wrong token/);
    assert.ok(answers.every(({ headers }) => headers.get('set-cookie') === null));
  });

  test('cannot be guessed: after ten wrong ones not even the right one is compared for a while', async (t) => {
    const { call, lines } = startApp(t, secret(TOKEN));
    await Promise.all(Array.from({ length: 10 }, (_, n) => signIn(call, `guess ${n}`)));
    const late = await signIn(call, TOKEN);
    assert.deepEqual([late.status, late.headers.get('retry-after')], [429, '60']);
    assert.equal(late.headers.get('set-cookie'), null);
    const headers = { host: own.host, authorization: `Bearer ${TOKEN}` };
    assert.equal((await call('/status', { headers }, REMOTE)).status, 429, 'also as a bearer token');
    assert.equal((await signIn(call, TOKEN, '10.9.9.9')).status, 303, 'another address has its own count');
    assert.equal((await signIn(call, TOKEN, '127.0.0.1')).status, 303, 'this machine has its own count');
    assert.equal(lines.filter((line) => line.includes('wrong OPS_TOKEN')).length, 1, 'logged once');
    assert.doesNotMatch(lines.join(''), /guess|horse/);
  });

  test('cannot be guessed as a bearer token either', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const status = async (token: string) =>
      (await call('/status', { headers: { host: own.host, authorization: `Bearer ${token}` } }, REMOTE))
        .status;
    const tried = [];
    for (let n = 0; n < 12; n += 1) tried.push(await status(`guess-${n}`));
    assert.deepEqual(tried, [...Array.from({ length: 10 }, () => 403), 429, 429]);
    assert.equal(await status(TOKEN), 429);
  });

  test('ends the sessions of the old one after a rotation', async (t) => {
    let value = TOKEN;
    const { call } = startApp(
      t,
      secret(() => value),
    );
    const cookie = cookieOf(await signIn(call, TOKEN));
    assert.equal(await statusWith(call, cookie), 200);
    value = 'another';
    assert.equal(await statusWith(call, cookie), 403);
  });

  test('cannot be presented by a page of another site, nor in a large form', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const foreign = { host: own.host, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    assert.equal((await signIn(call, TOKEN, REMOTE, foreign)).status, 403);
    const huge = new URLSearchParams({ token: TOKEN, more: 'x'.repeat(10_000) });
    const answer = await call('/login', { method: 'POST', body: huge, headers: own }, REMOTE);
    assert.equal(answer.status, 403);
  });

  test('opens nothing where none is set', async (t) => {
    const { call } = startApp(t);
    for (const token of ['', 'null', 'undefined', '***']) {
      const answer = await signIn(call, token);
      assert.deepEqual([answer.status, answer.headers.get('set-cookie')], [403, null]);
    }
  });
});

describe('a sign-out', () => {
  test('ends the session of its cookie', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const cookie = cookieOf(await signIn(call, TOKEN));
    const page = await call('/', { headers: { ...own, ...navigation('same-origin'), cookie } }, REMOTE);
    assert.match(await page.text(), /action="logout"/);
    const out = await call('/logout', { method: 'POST', headers: { ...own, cookie } }, REMOTE);
    assert.equal(out.status, 303);
    assert.match(out.headers.get('set-cookie') ?? '', /^qbit_ntfy_ops_9091=; Max-Age=0/);
    assert.equal(await statusWith(call, cookie), 403);
  });

  test('cannot be requested by a page of another site', async (t) => {
    const { call } = startApp(t, secret(TOKEN));
    const cookie = cookieOf(await signIn(call, TOKEN));
    const headers = { host: own.host, cookie, origin: 'https://evil.example' };
    assert.equal((await call('/logout', { method: 'POST', headers }, REMOTE)).status, 403);
    assert.equal(await statusWith(call, cookie), 200);
  });
});
