import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hash, hookApp, post } from './apps.ts';

const url = `/track?hash=${hash}`;

describe('POST /track', () => {
  test('starts tracking a torrent, and confirms it', async () => {
    const { app, tracked } = hookApp();
    const response = await post(app);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), `Tracking started for ${hash}`);
    assert.deepEqual(tracked, [hash]);
  });

  test('reports that a torrent is tracked already, by any of its hashes', async () => {
    const { app, tracked } = hookApp();
    await post(app);
    const names = [hash, hash.toUpperCase(), `${hash}${'f'.repeat(24)}`];
    for (const name of names) {
      const response = await post(app, {}, `/track?hash=${name}`);
      assert.equal(response.status, 200);
      assert.equal(await response.text(), `Already tracking ${hash}`);
    }
    assert.deepEqual(tracked, [hash]);
  });

  for (const path of ['/track', '/finished']) {
    test(`${path} with "-", the %I of a v2 torrent, starts a scan, and the answer recommends %K`, async () => {
      const { app, tracked } = hookApp();
      const response = await post(app, {}, `${path}?hash=-`);
      assert.equal(response.status, 200);
      assert.match(await response.text(), /^Scanning for .*%K instead of %I/);
      assert.deepEqual(tracked, ['rescan']);
      const json = await post(app, { accept: 'application/json' }, `${path}?hash=-`);
      assert.deepEqual(await json.json(), { status: 'scanning', hash: null });
    });
  }

  test('answers in JSON when Accept prefers it', async () => {
    const { app } = hookApp();
    const accept = { accept: 'application/json' };
    assert.deepEqual(await (await post(app, accept)).json(), { status: 'started', hash });
    assert.deepEqual(await (await post(app, accept)).json(), { status: 'already', hash });
    const refused = await post(app, accept, '/track?hash=all');
    assert.equal(refused.status, 400);
    assert.match(JSON.stringify(await refused.json()), /^\{"error":"The hash must be [^"]+"\}$/);
  });

  test('answers curl and browsers in plain text with nosniff and no-store', async () => {
    const { app } = hookApp();
    for (const accept of ['*/*', 'text/html,application/xhtml+xml,*/*;q=0.8', '', 'nonsense']) {
      const { headers } = await post(app, { accept });
      assert.match(headers.get('content-type') ?? '', /^text\/plain/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('cache-control'), 'no-store');
    }
  });

  test('needs no body, and accepts a small one', async () => {
    const { app } = hookApp();
    const response = await app.request(url, { method: 'POST', body: 'x'.repeat(1024) });
    assert.equal(response.status, 200);
  });

  test('refuses a body of more than 1 KiB, with or without Content-Length', async () => {
    const { app, tracked } = hookApp();
    const body = 'x'.repeat(1025);
    for (const headers of [{}, { 'content-length': '1025' }]) {
      assert.equal((await app.request(url, { method: 'POST', body, headers })).status, 413);
    }
    assert.deepEqual(tracked, []);
  });

  test('refuses a URL of more than 512 bytes', async () => {
    const { app } = hookApp();
    const fits = `${url}&x=`.padEnd(512, 'x');
    assert.equal((await post(app, {}, fits)).status, 200);
    assert.equal((await post(app, {}, `${fits}x`)).status, 414);
  });
});

describe('anything but POST /track', () => {
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    test(`${method} /track is not allowed, and POST is named instead`, async () => {
      const { app, tracked } = hookApp();
      const response = await app.request(url, { method });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get('allow'), 'POST');
      assert.deepEqual(tracked, []);
    });
  }

  test('other paths are not found, with one constant text', async () => {
    const { app } = hookApp();
    for (const path of ['/', '/track/', '/TRACK', '//track', '/tracker', '/%74rack%00', '/<b>', '/metrics']) {
      const response = await post(app, {}, `http://localhost${path}?hash=${hash}`);
      assert.equal(response.status, 404);
      assert.equal(await response.text(), 'Not found.');
    }
  });
});

describe('the log', () => {
  test('contains a refused request with its reason, which qBittorrent does not show', async () => {
    const { app, lines } = hookApp();
    await post(app, {}, '/track');
    assert.match(lines.join(''), /"level":"warn".*"status":400.*Use \/track\?hash=%K/);
  });

  test('contains one line for a flood of refused requests', async () => {
    const { app, lines } = hookApp();
    for (let i = 0; i < 100; i += 1) await post(app, {}, `/track?hash=${i}`);
    assert.equal(lines.length, 1);
  });

  test('contains an internal error, which the response does not', async () => {
    const { app, lines } = hookApp({ track: () => assert.fail('planted detail') });
    const response = await post(app);
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /planted/);
    assert.match(lines.join(''), /"level":"error".*planted detail/);
  });
});

describe('a refused request', () => {
  test('because too many torrents are tracked gets a Retry-After, from either hook', async () => {
    const { app, lines } = hookApp({ track: async () => 'full', finished: async () => 'full' });
    for (const path of ['/track', '/finished']) {
      const response = await post(app, {}, `${path}?hash=${hash}`);
      assert.equal(response.status, 429);
      assert.equal(response.headers.get('retry-after'), '60');
    }
    assert.match(lines.join(''), /Too many torrents/);
  });

  test('is counted by its hook; one for another path is not counted', async () => {
    const counted: string[] = [];
    const { app } = hookApp({
      track: async () => 'full',
      refused: (hook, status) => counted.push(`${hook} ${status}`),
    });
    await post(app, {}, '/track?hash=all');
    await post(app, {}, '/finished');
    await app.request(url);
    await post(app, { origin: 'https://x.example' });
    await post(app, {}, `/track?hash=${hash}&x=`.padEnd(600, 'x'));
    assert.deepEqual(counted, ['track 400', 'finished 400', 'track 405', 'track 403', 'track 414']);
    for (const path of ['/', '/tracked', `/%0atrack?hash=${hash}`, '/metrics']) await post(app, {}, path);
    await post(app);
    assert.equal(counted.length, 5, 'a full registry is not a refused request');
  });
});
