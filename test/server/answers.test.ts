/** The cost of long, unread and repeated answers, in bytes and renderings. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Hono } from 'hono';
import { until } from '../servers/wait.ts';
import { opsApp } from './apps.ts';
import { bufferedBy, isStuck, request, serve, takenOf, turn } from './serving.ts';
import { call } from './sockets.ts';

describe('the metrics', () => {
  test('are rendered once a second, however many requests come', async (t) => {
    let now = 5000;
    let rendered = 0;
    const metrics = async () => {
      rendered += 1;
      return { type: 'text/plain', text: `renderings ${rendered}` };
    };
    const { app } = opsApp({ metrics, now: () => now });
    const { port } = await serve(t, app);
    const scrape = () => call(port, { path: '/metrics' });
    const answers = await Promise.all(Array.from({ length: 200 }, scrape));
    assert.equal(rendered, 1);
    assert.deepEqual(new Set(answers.map(({ text }) => text)), new Set(['renderings 1']));
    now += 999;
    assert.equal((await scrape()).text, 'renderings 1');
    now += 1;
    assert.equal((await scrape()).text, 'renderings 2');
  });

  test('that could not be rendered are tried again a second later', async () => {
    let now = 0;
    let tries = 0;
    const metrics = async () => {
      tries += 1;
      if (tries === 1) throw new Error('planted');
      return { type: 'text/plain', text: 'up 1' };
    };
    const { app } = opsApp({ metrics, now: () => now });
    const statuses = [await app.request('/metrics'), await app.request('/metrics')].map(
      ({ status }) => status,
    );
    assert.deepEqual([statuses, tries], [[500, 500], 1]);
    now += 1000;
    assert.equal((await app.request('/metrics')).status, 200);
  });
});

test('of 64 KiB of requests at once no more than one slice becomes objects', async (t) => {
  const handled: string[] = [];
  const app = new Hono().get('/:path', (c) => {
    handled.push(c.req.path);
    return c.text('ok');
  });
  const { server, sockets, send } = await serve(t, app);
  let parsed = 0;
  for (const event of ['request', 'dropRequest']) server.on(event, () => (parsed += 1));
  const [first, ...rest] = await Promise.all(
    Array.from({ length: 20 }, () => send(request('/x').repeat(1800))),
  );
  assert.ok(first && rest.length === 19);
  await until('all are cut off', () => sockets.size === 0 && parsed > 0);
  assert.ok(handled.length <= 20, `${handled.length} of 36,000 were handled`);
  assert.ok(parsed <= 20 * 20, `${parsed} of 36,000 were parsed`);
});

/** The size of 20,000 torrents: 8 MB. */
const ITEMS = 20_000;

function* items(onMade: () => void, count = ITEMS): Generator<{ key: string; name: string }> {
  for (let n = 0; n < count; n += 1) {
    onMade();
    yield { key: n.toString(16).padStart(40, '0'), name: 'x'.repeat(340) };
  }
}

describe('a status of 20,000 torrents', () => {
  test('is complete, and created in pieces', async (t) => {
    const { app } = opsApp({
      status: () => ({ a: null, torrents: items(() => {}), store: { kind: 'disk' } }),
    });
    const { port } = await serve(t, app);
    const { status, text } = await call(port, { path: '/status' });
    assert.equal(status, 200);
    const { a, torrents, store } = JSON.parse(text) as Record<string, unknown[]>;
    assert.deepEqual([a, torrents?.length, store], [null, ITEMS, { kind: 'disk' }]);
    assert.deepEqual(torrents?.at(-1), [...items(() => {})].at(-1));
  });

  test('that is not read is not created, and of forty at once four are', async (t) => {
    let made = 0;
    const status = () => ({ torrents: items(() => (made += 1)) });
    const { port, sockets, send } = await serve(t, opsApp({ status }).app);
    await Promise.all(Array.from({ length: 40 }, () => send(request('/status'))));
    await until('four wait to be read', () => [...sockets].filter(isStuck).length === 4);
    const before = made;
    assert.equal((await call(port, { path: '/status' })).status, 503);
    assert.ok(made - before < 50, 'a refused request creates only enough to detect a long answer');
    assert.ok(made < 4 * ITEMS, `${made}`);
    const bytes = bufferedBy(sockets);
    assert.ok(bytes <= 4 * 131_072, `${bytes} bytes wait`);
    assert.equal((await call(port, { path: '/livez' })).status, 200);
  });

  test('releases its slot when its reader disconnects, and HEAD takes none', async (t) => {
    const { port, sockets, send } = await serve(
      t,
      opsApp({ status: () => ({ torrents: items(() => {}) }) }).app,
    );
    for (let n = 0; n < 10; n += 1)
      assert.equal((await call(port, { method: 'HEAD', path: '/status' })).status, 200);
    const clients = await Promise.all(Array.from({ length: 4 }, () => send(request('/status'))));
    await until('four wait to be read', () => [...sockets].filter(isStuck).length === 4);
    clients[0]?.destroy();
    await until('there is a place', async () => (await call(port, { path: '/status' })).status === 200);
  });

  test('whose torrent cannot be serialized is interrupted, and releases its slot', async (t) => {
    const broken = { key: 'planted', toJSON: () => assert.fail('planted') };
    const { app, lines } = opsApp({ status: () => ({ torrents: [...items(() => {}), broken] }) });
    const { port } = await serve(t, app);
    for (let n = 0; n < 10; n += 1)
      await assert.rejects(call(port, { path: '/status' }), { code: 'ECONNRESET' });
    assert.match(lines.join(''), /a response was interrupted/);
  });
});

describe('an answer that is not read', () => {
  test('is disconnected after half a minute without a byte, and a slow reader is not', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { app } = opsApp({ status: () => ({ torrents: items(() => {}, 10 * ITEMS) }) });
    const { sockets, send } = await serve(t, app);
    await send(request('/status'));
    const slow = await send(request('/status'));
    while ([...sockets].filter(isStuck).length < 2) await turn();
    const ends = [...sockets].find(({ remotePort }) => remotePort === slow.localPort) ?? assert.fail();
    for (const pass of [5000, 30_000, 30_000, 30_000]) {
      t.mock.timers.tick(pass);
      const before = takenOf(ends);
      slow.resume();
      while (takenOf(ends) === before) await turn();
      slow.pause();
      while (!isStuck(ends)) await turn();
    }
    await turn();
    assert.equal(sockets.size, 1, 'only the slow reader is connected');
    assert.equal(slow.destroyed, false);
  });
});
