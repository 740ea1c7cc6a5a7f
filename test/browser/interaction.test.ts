import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { realTest, until } from '../servers/index.ts';
import { openTab, startScene, untilLink, untilText } from './scene.ts';

const MB = 1_000_000;

/** The text or the ID of the focused element. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.textContent?.trim() || (activeElement?.id ?? '');
  });

/** Whether the focused element has a visible outline. */
const showsFocus = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    const shown = [activeElement, activeElement?.parentElement].filter(
      (element) => element instanceof Element,
    );
    return shown.some((element) => Number.parseFloat(getComputedStyle(element).outlineWidth) >= 2);
  });

realTest(
  'everything can be operated with the keyboard, in reading order',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene();
    scene.qbittorrent.addTorrent({ name: 'first.iso', size: 1000 * MB, rate: MB });
    const { page, complaints } = await openTab(scene.browser, scene.url);
    await untilLink(page, 'live');
    await untilText(page, '#torrents li:nth-child(1) .name', /first/);
    // Only now: the hooks of two simultaneous torrents may arrive in either order.
    scene.qbittorrent.addTorrent({ name: 'second.iso', size: 1000 * MB, rate: MB });
    await untilText(page, '#torrents li:nth-child(2) .name', /second/);

    const order = [];
    for (let press = 0; press < 10; press += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused(page));
      assert.ok(await showsFocus(page), `the focus on ${order.at(-1)} can't be seen`);
    }
    assert.deepEqual(order, [
      'Skip to the downloads',
      'qBittorrent',
      'Watcher',
      'ntfy',
      'Hook',
      'Incidents',
      'Digests',
      'Supervisor',
      'first.iso',
      'second.iso',
    ]);

    await page.keyboard.press('Enter');
    await untilText(page, '#chart-title', /second\.iso/);
    await until('the title has the focus', async () => (await focused(page)) === 'second.iso');
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H2');
    assert.match(page.url(), /\?show=[0-9a-f]{40}$/);
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Close');
    await page.keyboard.press('Escape');
    await until('the dialog is closed', async () => !(await page.locator('dialog').isVisible()));
    await until('the focus is where it was', async () => (await focused(page)) === 'second.iso');
    await until('the address is, too', () => page.url() === scene.url);
    assert.deepEqual(complaints, []);
  },
);

realTest('a row keeps the focus and the selection while it moves', { needs: ['chromium'] }, async () => {
  await using scene = await startScene();
  scene.qbittorrent.addTorrent({ name: 'moving.iso', size: 10_000 * MB, rate: 50 * MB });
  const { page } = await openTab(scene.browser, scene.url);
  await untilText(page, '#torrents .percent', /\d+%/);
  await page.locator('#torrents a').focus();
  await page.evaluate(() =>
    getSelection()?.selectAllChildren(document.querySelector('#torrents bdi') ?? document.body),
  );
  const before = await page.locator('#torrents .percent').textContent();
  await until(
    'it has moved',
    async () => (await page.locator('#torrents .percent').textContent()) !== before,
  );
  assert.equal(await focused(page), 'moving.iso');
  assert.equal(await page.evaluate(() => String(getSelection())), 'moving.iso');
});

realTest(
  'an open chart has a URL: Back closes the chart, and a reload opens it again',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene();
    const { page, complaints } = await openTab(scene.browser, scene.url);
    await untilLink(page, 'live');
    await page.getByRole('link', { name: 'ntfy' }).click();
    await untilText(page, '#chart-now', /Now open › idle/);
    await page.reload();
    await untilLink(page, 'live');
    assert.ok(await page.getByRole('img', { name: 'Statechart: outbox' }).isVisible());
    await page.getByRole('link', { name: 'supervisor', exact: true }).click();
    await untilText(page, '#chart-now', /Now running/);
    await page.goBack();
    await until('the dialog is closed', async () => !(await page.locator('dialog').isVisible()));
    assert.equal(page.url(), scene.url);
    assert.deepEqual(complaints, []);
  },
);

realTest('a hidden tab closes its stream', { needs: ['chromium'] }, async () => {
  await using scene = await startScene();
  const { page } = await openTab(scene.browser, scene.url);
  await untilLink(page, 'live');
  const hide = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hide(true);
  scene.qbittorrent.addTorrent({ name: 'meanwhile.iso', size: MB, rate: 10 * MB });
  await until('it is announced', () => scene.ntfy.sounds.length === 1);
  assert.equal(await page.locator('#finished li').count(), 0);
  await hide(false);
  await untilText(page, '#finished', /meanwhile\.iso/);
});

realTest('a stream that was refused temporarily is requested again', { needs: ['chromium'] }, async () => {
  await using scene = await startScene();
  const { page } = await openTab(scene.browser, scene.url);
  await untilLink(page, 'live');
  // As when there are too many viewers: a browser does not retry such a stream by itself.
  await page.route('**/events*', (route) => route.fulfill({ status: 503 }), { times: 1 });
  await page.reload();
  await untilLink(page, 'lost');
  await untilLink(page, 'live');
});
