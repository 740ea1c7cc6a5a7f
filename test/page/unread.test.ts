/** Viewers that read nothing, or slowly: the data buffered for them is measured in bytes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, describe, test } from 'node:test';
import { hashOf, SECOND } from '../machines/fixtures.ts';
import type { World } from '../support/world.ts';
import { bufferedBy, isStuck, request, serve } from '../server/serving.ts';
import { call } from '../server/sockets.ts';
import { until } from '../servers/wait.ts';
import { following, startApp, startScene } from './setup.ts';

/** So many that all rows are larger than the system's own buffers: 6 MB. */
const COUNT = 8000;

/** The limit of buffered data for one reader: two pieces and their frames. */
const BYTES = 131_072;

const idOf = (row: string) => / id="(t-[0-9a-f]{40})"/.exec(row)?.[1];

describe('of 8,000 torrents', () => {
  let world: World;
  before(async () => {
    world = await following(COUNT);
  });

  test('32 viewers that do not read have some pieces buffered each, and changes add nothing', async (t) => {
    const { app } = startApp(t, null, world);
    const { port, sockets, send } = await serve(t, app, { maxHeaderSize: 16_384 });
    for (let n = 0; n < 32; n += 1) await send(request('/events'));
    await until('all wait to be read', () => [...sockets].filter(isStuck).length === 32, {
      deadline: 120_000,
    });
    let bytes = -1;
    await until('no more is buffered', () => bytes === (bytes = bufferedBy(sockets)), { every: 1000 });
    assert.ok(bytes <= 32 * BYTES, `${bytes} bytes wait`);
    for (let n = 0; n < COUNT; n += 1) world.set(hashOf(n), { progress: 0.7 });
    await world.pass(10 * SECOND);
    assert.equal((await call(port, { path: '/livez' })).status, 200);
    assert.equal((await call(port, { path: '/events' })).status, 503, 'another viewer is refused');
    assert.equal(bufferedBy(sockets), bytes);
  });

  test('a viewer receives each row once before the end of the list', async (t) => {
    const { board } = startScene(t, world);
    const viewer = board.join(null, '');
    const rows: Array<string | undefined> = [];
    let messages = 0;
    for (let isWhole = false; !isWhole; messages += 1) {
      const { id, html } = (await viewer?.next()) ?? assert.fail('it ended');
      assert.ok(html.length < 200_000, `${html.length} characters at once`);
      isWhole = html.includes('id="torrents-end"');
      assert.equal(
        id !== '',
        isWhole,
        'a viewer without the whole page has no event ID, so it requests everything again',
      );
      if (messages > 0) rows.push(...(html.match(/<li class="torrent" [^>]*>/g) ?? []).map(idOf));
    }
    assert.deepEqual(
      rows,
      Array.from({ length: COUNT }, (_, n) => `t-${hashOf(n)}`),
    );
    assert.ok(messages > 100, `${messages} messages`);
  });

  test('the page is sent in pieces with all rows, and not rendered for a client that does not read', async (t) => {
    const { app } = startApp(t, null, world);
    const { port, sockets, send } = await serve(t, app, { maxHeaderSize: 16_384 });
    const { status, text } = await call(port, { path: '/' });
    assert.equal(status, 200);
    assert.equal(text.match(/<li class="torrent"/g)?.length, COUNT);
    assert.match(text, /<ul class="torrents"[^>]*><li class="torrent"[^]*<\/li><\/ul>[^]*<\/html>/);
    for (let n = 0; n < 20; n += 1) await send(request('/'));
    await until('four wait to be read', () => [...sockets].filter(isStuck).length === 4);
    const bytes = bufferedBy(sockets);
    assert.ok(bytes <= 4 * BYTES, `${bytes} bytes wait`);
    assert.equal((await call(port, { path: '/livez' })).status, 200);
  });

  test('an interrupted stream frees its place', async (t) => {
    const { app } = startApp(t, null, world);
    const { port, sockets, send } = await serve(t, app, { maxHeaderSize: 16_384 });
    const clients = [];
    for (let n = 0; n < 32; n += 1) clients.push(await send(request('/events')));
    await until('all wait to be read', () => [...sockets].filter(isStuck).length === 32, {
      deadline: 120_000,
    });
    clients[0]?.destroy();
    await until('its place is free', () => sockets.size === 31);
    const late = await send(request('/events'));
    const [data] = (await once(late, 'data')) as [Buffer];
    assert.match(data.toString(), /^HTTP\/1\.1 200 /);
    assert.equal((await call(port, { path: '/events' })).status, 503);
  });
});
