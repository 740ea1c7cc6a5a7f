import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { realTest, until } from '../servers/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import type { Sidecar } from '../../src/app/start.ts';
import { startChromium } from './chromium.ts';
import { openTab, startEmbedded, startScene, untilLink, untilText, violationsOf } from './scene.ts';
import type { Embedded } from './scene.ts';

const MB = 1_000_000;

const namesOn = (page: Page) => page.locator('#finished .name').allTextContents();

const urlOf = ({ ops }: Sidecar) => `http://localhost:${ops.port}/`;

/** Waits until no torrent is tracked. */
const untilIdle = (url: string) =>
  until('all have ended', async () => {
    const status = (await (await fetch(`${url}status`)).json()) as { torrents: unknown[] };
    return status.torrents.length === 0;
  });

/** Downloads these torrents, one after the other. */
async function download({ qbittorrent, ntfy }: Embedded, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const before = ntfy.sounds.length;
    qbittorrent.addTorrent({ name, size: MB, rate: 10 * MB });
    await until(`${name} is announced`, () => ntfy.sounds.length > before);
  }
}

realTest(
  'the history is searched and read after a restart, without scripts',
  { needs: ['chromium'] },
  async (t) => {
    const STATE_DIR = mkdtempSync(join(tmpdir(), 'history-'));
    t.after(() => rmSync(STATE_DIR, { recursive: true }));
    await using stack = new AsyncDisposableStack();
    const { browser } = stack.use(await startChromium());
    const embedded = stack.use(await startEmbedded());
    const first = await startSidecar({ ...embedded.env, STATE_DIR });
    embedded.hookPort = first.hook.port;
    await download(embedded, ['debian.iso', 'ubuntu.iso', `<b>100% ${'long'.repeat(30)}</b>`]);
    await untilIdle(urlOf(first));
    await first.stop();
    const second = await startSidecar({ ...embedded.env, STATE_DIR });
    stack.defer(() => second.stop());
    const { page, complaints } = await openTab(browser, urlOf(second), { javaScriptEnabled: false });
    assert.equal((await namesOn(page)).length, 3);
    await page.getByRole('searchbox', { name: 'Search' }).fill('ISO deb');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/history\?search=ISO\+deb$/);
    assert.deepEqual(await namesOn(page), ['debian.iso']);
    assert.equal(await page.getByRole('searchbox').inputValue(), 'ISO deb');
    await page.getByRole('searchbox').fill('100%');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/search=100%25$/);
    assert.match((await namesOn(page)).join(), /^<b>100% long/);
    await page.goto(`${urlOf(second)}history?limit=2`);
    const newest = await namesOn(page);
    await page.getByRole('link', { name: 'Older' }).click();
    await page.waitForURL(/before=/);
    assert.deepEqual([newest.length, await namesOn(page)], [2, ['debian.iso']]);
    await page.getByRole('link', { name: 'Newest' }).click();
    await page.waitForURL(/history\?search=$/);
    assert.equal((await namesOn(page)).length, 3);
    await page.getByRole('link', { name: 'Current downloads' }).click();
    await page.waitForURL(/\/$/);
    assert.deepEqual(complaints, []);
  },
);

realTest(
  'the live list grows, and does not disturb a search that is typed',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene();
    const { page, complaints } = await openTab(scene.browser, scene.url);
    await untilLink(page, 'live');
    await page.getByRole('searchbox', { name: 'Search' }).fill('ubuntu');
    await download(scene, ['debian.iso']);
    await untilText(page, '#finished', /debian\.iso/);
    await untilText(page, '#announcement', /debian\.iso: complete/);
    assert.equal(await page.getByRole('searchbox', { name: 'Search' }).inputValue(), 'ubuntu');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'search');
    assert.deepEqual(complaints, []);
  },
);

const VIEWS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;

realTest(
  'the page of the history is accessible, with entries and without',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene();
    await download(scene, ['debian.iso', `${'long'.repeat(100)} עברית \u202E`]);
    await untilIdle(scene.url);
    for (const path of ['history?limit=1', 'history?search=nothing']) {
      const { page, complaints } = await openTab(scene.browser, `${scene.url}${path}`);
      for (const { colorScheme, viewport } of VIEWS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        assert.deepEqual(await violationsOf(page), [], path);
        const [width, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.equal(width, seen, `${path}: wider than the screen`);
      }
      assert.deepEqual(complaints, []);
      await page.close();
    }
  },
);
