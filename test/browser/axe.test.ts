import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { realTest } from '../servers/index.ts';
import { openTab, startScene, untilLink, untilText, violationsOf } from './scene.ts';
import type { Scene } from './scene.ts';

const MB = 1_000_000;

const VIEWS = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  phone: { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
} as const;

/** Opens the page once; in light, dark and on a phone axe finds no problem, and nothing is wider than the screen. */
async function assertGood(
  browser: Browser,
  url: string,
  prepare: (page: Page) => Promise<unknown>,
): Promise<void> {
  const { page, complaints } = await openTab(browser, url, VIEWS.light);
  await prepare(page);
  for (const [name, { colorScheme, viewport }] of Object.entries(VIEWS)) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    assert.deepEqual(await violationsOf(page), [], name);
    const [width, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.equal(width, seen, `${name}: wider than the screen`);
    assert.deepEqual(complaints, [], name);
  }
  await page.close();
}

const addTorrents = ({ qbittorrent }: Scene) => {
  const stay = { seconds: 9999 };
  const names = ['metadata', 'queued', 'stopped', 'checking', 'moving', 'failed'] as const;
  for (const phase of names) {
    const script = [{ phase: 'downloading', to: 0.3, rate: 1000 * MB } as const, { phase, ...stay }];
    qbittorrent.addTorrent({ name: `${phase}.iso`, size: 900 * MB, rate: MB, script });
  }
  qbittorrent.addTorrent({ name: `${'long'.repeat(100)} עברית \u202E`, size: 9000 * MB, rate: MB });
  qbittorrent.addTorrent({ name: 'done.iso', size: MB, rate: MB });
};

realTest(
  'the page is accessible without torrents and while it connects',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene();
    await assertGood(scene.browser, scene.url, (page) => untilLink(page, 'live'));
    await assertGood(scene.browser, scene.url, async (page) => {
      await page.route('**/events*', () => {});
      await page.reload();
      await untilLink(page, 'connecting');
    });
  },
);

realTest(
  'the page is accessible with torrents in each state, an open chart and a filter',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene();
    addTorrents(scene);
    for (let n = 0; n < 4; n += 1) scene.qbittorrent.addTorrent({ name: `more ${n}`, size: 1e12, rate: MB });
    await assertGood(scene.browser, scene.url, async (page) => {
      await untilLink(page, 'live');
      await untilText(page, '#finished', /done\.iso/);
      await untilText(page, '#torrents', /Error: see qBittorrent/);
      await page.getByRole('searchbox', { name: 'Filter' }).fill('iso');
    });
    await assertGood(scene.browser, scene.url, async (page) => {
      await page.getByRole('link', { name: 'failed.iso' }).click();
      await untilText(page, '#chart-now', /polling › failed/);
    });
  },
);

realTest(
  'the page is accessible with incidents, a lost stream and an ended session',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene();
    scene.qbittorrent.addTorrent({ name: 'some.iso', size: 1e12, rate: MB });
    scene.qbittorrent.ban();
    scene.qbittorrent.expireSessions();
    await assertGood(scene.browser, scene.url, async (page) => {
      await untilText(page, '#s-session', /Address banned/);
      await untilText(page, '#s-incident', /Phone notified/);
    });
    await assertGood(scene.browser, scene.url, async (page) => {
      await page.route('**/events*', (route) => route.abort());
      await page.reload();
      await untilLink(page, 'lost');
    });
    await assertGood(scene.browser, scene.url, async (page) => {
      await page.route('**/events*', (route) => route.fulfill({ status: 403 }));
      await page.reload();
      await page.route('**/?', (route) => route.fulfill({ status: 403 }));
      await untilLink(page, 'refused');
      assert.ok(await page.getByRole('link', { name: 'Sign in' }).isVisible());
    });
  },
);
