import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Frame, Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { parseConfig } from '../../src/config/index.ts';
import { createInspectorExtension } from '../../src/development/inspector.ts';
import { createLogger } from '../../src/log/index.ts';
import { start } from '../../src/app/start.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { installChromium, startChromium } from '../browser/chromium.ts';
import { until } from '../servers/wait.ts';

const HOSTED = 'https://stately.ai/inspect';
const HOSTILE = '<img src=x onerror="document.title=1">';

/** Replaces the hosted page: the package's own receiver, in a page at the same address. */
async function hostedPage(): Promise<string> {
  const entry = join(import.meta.dirname, 'receiver.js');
  const build = await rolldown({
    input: entry,
    platform: 'browser',
    logLevel: 'silent',
    plugins: [
      {
        name: 'receiver',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) =>
          id === entry
            ? `import { createBrowserReceiver } from '@statelyai/inspect';
               globalThis.received = [];
               createBrowserReceiver().subscribe((message) => globalThis.received.push(message));`
            : null,
      },
    ],
  });
  const { output } = await build.generate({ format: 'iife' });
  await build.close();
  return `<!doctype html><title>stand-in</title><script>${output[0].code}</script>`;
}

type Received = Array<{ type: string; name?: string; definition?: string; sessionId: string }>;
const receivedBy = (frame: Frame): Promise<Received> =>
  frame.evaluate(() => (globalThis as unknown as { received: Received }).received);

const frameOf = (page: Page) =>
  until('the frame is there', async () => {
    const frame = page.frames().find((frame) => frame.url() === HOSTED);
    return frame !== undefined && (await receivedBy(frame)).length > 0 ? frame : null;
  });

/**
 * Opens a line of the log and returns its data, in one step of the page: events are added and removed between two
 * steps, so no line stays the first.
 */
function openAndRead(label: string): string {
  const lines = [...document.querySelectorAll<HTMLDetailsElement>('#log details')];
  const line = lines.find(({ open, textContent }) => open && textContent.includes(label));
  const opened = line ?? lines.find(({ textContent }) => textContent.includes(label));
  opened?.setAttribute('open', '');
  return opened?.querySelector('pre')?.textContent ?? '';
}

const chromium = await installChromium();
const skip = chromium.ok || process.env['CI'] === 'true' ? false : chromium.reason;

describe("the inspector's page in a browser", { skip }, () => {
  const stack = new AsyncDisposableStack();
  const lines: string[] = [];
  const origins: string[] = [];
  let page: Page;
  let hash = '';
  let reopen: () => Promise<void>;

  before(async () => {
    const qbittorrent = stack.use(await startQbittorrentSimulator());
    const ntfy = stack.use(await startNtfySimulator());
    const parsed = parseConfig({
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${ntfy.url}/downloads`,
      HOOK_PORT: '0',
      OPS_PORT: '0',
      OPS_HOST: '127.0.0.1',
      POLL_INTERVAL: '1s',
      NTFY_RATE: 'unlimited',
    });
    assert.ok(parsed.ok);
    const { config } = parsed;
    const log = createLogger({ level: 'info', pretty: false, write: (line) => lines.push(line) });
    hash = qbittorrent.addTorrent({ name: HOSTILE, size: 2_000_000_000, rate: 20_000_000 });
    const sidecar = await start({ config, log });
    stack.defer(() => sidecar.stop());
    let close = await createInspectorExtension(0)(sidecar, { config, log });
    stack.defer(async () => close?.());
    const url = /http:\/\/localhost:\d+/.exec(lines.join(''))?.[0] ?? '';
    reopen = async () => {
      await close?.();
      await until('the page shows it', async () =>
        (await page.textContent('#connection'))?.includes('disconnected'),
      );
      close = await createInspectorExtension(Number(new URL(url).port))(sidecar, { config, log });
    };
    const { browser } = stack.use(await startChromium());
    page = await browser.newPage();
    page.on('request', (request) => origins.push(new URL(request.url()).origin));
    const body = await hostedPage();
    await page.route('https://stately.ai/**', (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto(url);
  });
  after(() => stack.disposeAsync());

  test('shows every actor with its state and its events, without requests to other servers', async () => {
    const row = page.locator('#actors tr', { hasText: hash });
    await until('the torrent downloads', async () =>
      (await row.textContent())?.includes('polling.downloading'),
    );
    for (const name of ['supervisor', 'session', 'watcher', 'outbox'])
      assert.equal(
        await page.locator('#actors td:first-child', { hasText: new RegExp(`^${name}$`) }).count(),
        1,
      );
    await until('events come', async () => (await page.locator('#log li').count()) > 5);
    assert.deepEqual([...new Set(origins)], [new URL(page.url()).origin]);
  });

  test('shows the name of a torrent as text, whatever it contains', async () => {
    const label = `${hash}: torrent.observed`;
    await until('the data is there', async () =>
      (await page.evaluate(openAndRead, label)).includes('<img src=x'),
    );
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.title(), 'Inspector · qbit-ntfy-sidecar');
  });

  test('sends everything to the Stately inspector, but only when the user opens it', async () => {
    assert.equal(page.frames().length, 1);
    await page.click('#hosted');
    const frame = await frameOf(page);
    await until(
      'all kinds have come',
      async () => new Set((await receivedBy(frame)).map(({ type }) => type)).size === 3,
    );
    const received = await receivedBy(frame);
    const actors = received.filter(({ type }) => type === '@xstate.actor');
    for (const name of ['supervisor', 'session', 'watcher', 'outbox', hash])
      assert.ok(
        actors.some((actor) => actor.name === name),
        name,
      );
    const torrent = actors.find(({ name }) => name === hash);
    assert.equal((JSON.parse(torrent?.definition ?? '{}') as { id?: string }).id, 'torrent');
    const known = new Set(actors.map(({ sessionId }) => sessionId));
    assert.deepEqual(
      received.filter(({ sessionId }) => !known.has(sessionId)),
      [],
    );
    assert.deepEqual(
      [...new Set(origins)].toSorted(),
      [new URL(page.url()).origin, 'https://stately.ai'].toSorted(),
    );
  });

  test('starts again when the sidecar is back, and so does the Stately inspector', async () => {
    const before = await frameOf(page);
    await before.evaluate(() => {
      (globalThis as unknown as { mark: boolean }).mark = true;
    });
    await reopen();
    await until('it is connected', async () => (await page.textContent('#connection')) === 'connected');
    const frame = await until('the frame is a new one', async () => {
      const frame = await frameOf(page);
      return (await frame.evaluate(() => 'mark' in globalThis)) ? null : frame;
    });
    assert.equal((await receivedBy(frame))[0]?.name, 'supervisor');
    assert.equal(await page.locator('#actors td:first-child', { hasText: /^supervisor$/ }).count(), 1);
  });
});
